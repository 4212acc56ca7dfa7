import { text } from '@ftctl/sdk';
import { afterEach, expect, test } from 'vitest';
import { DEFAULT_TIMING, noticeLimitMs } from '../src/options.ts';
import { Relay } from './support/relay.ts';
import { SoloHost, until } from './support/solo-host.ts';

const echo = { name: 'echo', question: text, answer: text };
const cleanUp: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const one of cleanUp.splice(0).reverse()) await one();
});

test('a black hole is noticed on both sides in the stated time, and healed', async () => {
  const relay = new Relay();
  const port = await relay.listen();
  cleanUp.push(() => relay.close());
  const b = await SoloHost.open({ name: 'b' });
  cleanUp.push(() => b.close());
  relay.pointAt(b.port);
  const directory = { b: { subject: `127.0.0.1:${port}` } };
  const a = await SoloHost.open({ name: 'a', directory });
  cleanUp.push(() => a.close());
  b.link.serve(echo, (question) => question);
  await a.link.request(echo, { host: 'b' }, 'x');
  await until('up', () => a.link.peers()[0]?.up === true);

  const from = performance.now();
  relay.cut('silent');
  const tookMs = { dialer: 0, acceptor: 0 };
  const gaveUp = () => b.log.lines.filter((line) => line.includes('ended: silent for')).length;
  await until('both notice', () => {
    const nowMs = performance.now() - from;
    if (a.link.peers()[0]?.up === false) tookMs.dialer ||= nowMs;
    if (gaveUp() === 2) tookMs.acceptor ||= nowMs;
    return tookMs.dialer > 0 && tookMs.acceptor > 0;
  });
  // 2.8 s are promised; a busy machine may add to it.
  const limitMs = noticeLimitMs(DEFAULT_TIMING);
  expect(limitMs).toBe(2_800);
  expect(tookMs.dialer).toBeLessThan(limitMs + 500);
  expect(tookMs.acceptor).toBeLessThan(limitMs + 500);
  expect(a.link.peers()[0]?.reason).toMatch(/silent for|no welcome within/);

  relay.heal();
  await until('up again', () => a.link.peers()[0]?.up === true, 8_000);
  expect(await a.link.request(echo, { host: 'b' }, 'again')).toBe('again');
}, 20_000);
