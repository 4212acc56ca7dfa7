import { definePlugin, type LogOptions, text } from '@ftctl/sdk';
import { expect, test } from 'vitest';
import { World } from '../src/index.ts';

const LOG: LogOptions<string> = { codec: text, limitBytes: 1_000_000, overflow: 'refuse' };
const idle = definePlugin({
  setup: () => ({
    start: () => undefined,
    stop: () => undefined,
    health: () => ({ state: 'ok' }),
  }),
});
const BATCHES = 4;
const SEEDS = 60;

/**
 * Four batches of three records and a value each, the first two asked for at
 * once and two while those are being flushed; then a crash in a flush. Answers
 * what was acknowledged before it, and what stands on disk after it.
 */
async function crashWhileFlushing(seed: number, flush: number) {
  const world = new World({ seed, flushTime: { minMs: 5, maxMs: 8 } });
  const plugin = world.startPlugin('a', idle, { id: 'p', config: {} });
  await world.until(() => plugin.running, 'it runs');
  const { store } = plugin;
  const log = store.log('box', LOG);
  const table = store.table('state', text);
  const acknowledged: number[] = [];
  const commit = (batch: number) => {
    const done = store.commit((tx) => {
      for (const part of ['x', 'y', 'z']) tx.append(log, `${batch}${part}`);
      tx.put(table, 'latest', String(batch));
    });
    done.then(() => acknowledged.push(batch));
  };
  world.host('a').crashInFlush(flush, { power: seed % 2 === 0 });
  commit(1);
  commit(2);
  await world.run(1);
  commit(3);
  commit(4);
  await world.run(100);
  const before = [...acknowledged];
  world.host('a').restart();
  await world.until(() => plugin.running, 'it runs again');
  const records = plugin.store
    .log('box', LOG)
    .read(0)
    .map(({ value }) => value);
  const latest = plugin.store.table('state', text).get('latest');
  return { before, after: acknowledged, records, latest };
}

test('a crash in a flush leaves a prefix of its batches, each whole or not at all', async () => {
  const lengths = [new Set<number>(), new Set<number>()];
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    for (const flush of [1, 2]) {
      const { before, after, records, latest } = await crashWhileFlushing(seed, flush);
      const survived = records.length / 3;
      const whole = Array.from({ length: survived }, (_, index) => index + 1);
      expect(records, `seed ${seed}`).toEqual(
        whole.flatMap((batch) => ['x', 'y', 'z'].map((part) => `${batch}${part}`)),
      );
      expect(latest).toBe(survived === 0 ? undefined : String(survived));
      // Only what had been flushed before was ever acknowledged, and all of that is there.
      expect(before).toEqual(flush === 1 ? [] : [1, 2]);
      expect(after).toEqual(before);
      lengths[flush - 1]?.add(survived);
    }
  }
  // Every prefix comes up: a batch on disk that was never acknowledged, too.
  expect([...(lengths[0] ?? [])].sort()).toEqual([0, 1, 2]);
  expect([...(lengths[1] ?? [])].sort()).toEqual([2, 3, BATCHES]);
});
