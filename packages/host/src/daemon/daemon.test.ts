import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { serveHttp } from './http.ts';
import { WorkClock } from './work-clock.ts';

const pages = {
  metrics: () => Promise.resolve('a 1\n'),
  notReady: () => [] as { plugin: string; state: string }[],
};

test('the three pages are there, on loopback alone', async () => {
  const server = await serveHttp(0, {
    ...pages,
    notReady: () => [{ plugin: 'p', state: 'failed' }],
  });
  try {
    expect(server.address).toBe(`http://127.0.0.1:${server.port}`);
    const metrics = await fetch(`${server.address}/metrics?x=1`);
    expect(metrics.headers.get('content-type')).toContain('version=0.0.4');
    expect(await metrics.text()).toBe('a 1\n');
    expect((await fetch(`${server.address}/healthz`)).status).toBe(200);
    const ready = await fetch(`${server.address}/readyz`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toEqual({
      ready: false,
      notReady: [{ plugin: 'p', state: 'failed' }],
    });
    expect((await fetch(`${server.address}/metrics`, { method: 'POST' })).status).toBe(405);
    expect((await fetch(`${server.address}/`)).status).toBe(404);
  } finally {
    await server.close();
  }
});

test('a page that fails says so and the next one works', async () => {
  const server = await serveHttp(0, {
    ...pages,
    metrics: () => Promise.reject(new Error('no metrics')),
  });
  try {
    const failed = await fetch(`${server.address}/metrics`);
    expect([failed.status, await failed.text()]).toEqual([500, 'no metrics\n']);
    expect((await fetch(`${server.address}/readyz`)).status).toBe(200);
  } finally {
    await server.close();
  }
});

test('a port that is taken is named', async () => {
  const taken = createServer();
  const port = await new Promise<number>((resolve) => {
    taken.listen(0, '127.0.0.1', () => resolve((taken.address() as { port: number }).port));
  });
  try {
    await expect(serveHttp(port, pages)).rejects.toMatchObject({
      code: 'FT_HOST_METRICS_PORT',
      params: { port },
    });
  } finally {
    taken.close();
  }
});

test('the clock of the host stands still while the host does', () => {
  let now = 1_000;
  const clock = new WorkClock(() => now);
  expect(clock.now()).toBe(0);
  now += 250;
  expect(clock.now()).toBe(250);
  now += 3_600_000;
  expect(clock.now()).toBe(1_250);
});
