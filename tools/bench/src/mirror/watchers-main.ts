/**
 * `watchers-main ADDRESS TOKEN COUNT EVERY`: COUNT people with a page open, each
 * with a connection of its own, of whom as many as the last order says ask once in
 * EVERY milliseconds. Answers an order with what they saw since the one before.
 */
import { setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { serve } from '../child.ts';
import { Watcher, type WatchersSaw } from './watcher.ts';

/** So many ask from now on. */
export interface WatchOrder {
  readonly watching: number;
}

// They stand for other machines: what they do here is not to be on anybody's account.
setPriority(19);

const [address = '', token = '', count, every] = process.argv.slice(2);
const everyMs = Number(every);
const watchers = Array.from({ length: Number(count) }, () => new Watcher(address, token));
let watching = 0;
for (const [at, watcher] of watchers.entries()) void watch(watcher, at);

serve(async (order: WatchOrder): Promise<WatchersSaw> => {
  watching = order.watching;
  const saw = watchers.map((watcher) => watcher.tell());
  return {
    times: saw.flatMap(({ times }) => times),
    failed: saw.reduce((sum, { failed }) => sum + failed, 0),
    bytes: saw.reduce((sum, { bytes }) => sum + bytes, 0),
  };
});
process.once('disconnect', () => process.exit());

/** Each at a moment of its own, which does not move when others join or leave. */
async function watch(watcher: Watcher, at: number): Promise<never> {
  let dueMs = performance.now() + Math.random() * everyMs;
  for (;;) {
    await sleep(Math.max(0, dueMs - performance.now()));
    if (at < watching) await watcher.ask();
    dueMs = Math.max(dueMs, performance.now() - everyMs) + everyMs;
  }
}
