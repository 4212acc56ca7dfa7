import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { definePlugin } from '@ftctl/sdk';
import { expect, test } from 'vitest';
import { defineSimulation, runOnce } from '../src/index.ts';

/** A simulation of a plugin that does something in its start. */
function doing(what: () => unknown) {
  const plugin = definePlugin({
    setup: () => ({
      start: async () => {
        await Promise.resolve();
        what();
      },
      stop: () => undefined,
      health: () => ({ state: 'ok' }),
    }),
  });
  return defineSimulation({
    name: 'reaching-out',
    run: async (world) => {
      world.startPlugin('a', plugin, { id: 'p', config: {} });
      await world.run(10);
    },
    check: () => [],
  });
}

const reaches: Readonly<Record<string, () => unknown>> = {
  'Date.now()': () => Date.now(),
  'new Date()': () => new Date(),
  'Math.random()': () => Math.random(),
  'performance.now()': () => performance.now(),
  'process.hrtime.bigint()': () => process.hrtime.bigint(),
  'setTimeout()': () => clearTimeout(setTimeout(() => undefined, 1)),
  'setInterval()': () => clearInterval(setInterval(() => undefined, 1)),
  'crypto.randomUUID()': () => randomUUID(),
  'crypto.getRandomValues()': () => crypto.getRandomValues(new Uint8Array(4)),
};

for (const [what, reach] of Object.entries(reaches)) {
  test(`a plugin that calls ${what} fails its simulation, and is told where`, async () => {
    const { problems } = await runOnce(doing(reach), 1);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`simulated code reached the real world: ${what} at `);
    expect(problems[0]).toContain('real-world.test.ts');
  });
}

test('timers of node:timers/promises are found out too', async () => {
  const { problems } = await runOnce(
    doing(() => wait(1)),
    1,
  );
  expect(problems[0]).toContain('setTimeout()');
});

test('a moment that is given, and the log of a test, are no reason to fail', async () => {
  const simulation = doing(() => {
    console.log('a line of a debugging author', new Date(0).toISOString());
  });
  expect((await runOnce(simulation, 1)).problems).toEqual([]);
});

test('outside of the world everything is as it was', async () => {
  await runOnce(
    doing(() => undefined),
    1,
  );
  const moment = new Date();
  expect(moment instanceof Date).toBe(true);
  expect(Math.abs(Date.now() - moment.getTime())).toBeLessThan(1_000);
  expect(typeof Date()).toBe('string');
  await wait(1);
  class Later extends Date {}
  expect(new Later(5).getTime()).toBe(5);
});
