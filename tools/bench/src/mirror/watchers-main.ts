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
/** As many as ask within it wake the machine once: other machines would not wake it at all. */
const TICK_MS = 20;
const crowd = Array.from({ length: Number(count) }, () => ({
  watcher: new Watcher(address, token),
  /** Each asks at a moment of its own, which does not move when others join or leave. */
  atMs: Math.floor((Math.random() * everyMs) / TICK_MS) * TICK_MS,
}));
let order: WatchOrder = { watching: 0 };

serve(async (next: WatchOrder): Promise<WatchersSaw> => {
  if (next.watching !== order.watching) void carryOut(next);
  const saw = crowd.map(({ watcher }) => watcher.tell());
  return {
    times: saw.flatMap(({ times }) => times),
    failed: saw.reduce((sum, { failed }) => sum + failed, 0),
    bytes: saw.reduce((sum, { bytes }) => sum + bytes, 0),
  };
});
process.once('disconnect', () => process.exit());

/** One timer for all: who does not ask costs nothing. */
async function carryOut(own: WatchOrder): Promise<void> {
  order = own;
  const asking = crowd.slice(0, own.watching).sort((one, other) => one.atMs - other.atMs);
  const beganMs = performance.now();
  let roundMs = Math.floor(beganMs / everyMs) * everyMs;
  while (asking.length > 0) {
    for (const { watcher, atMs } of asking) {
      // Whose moment has passed waits for the next one, else a turn would begin with a crowd.
      if (roundMs + atMs < beganMs) continue;
      const waitMs = roundMs + atMs - performance.now();
      if (waitMs < -1_000) continue;
      if (waitMs > 0) await sleep(waitMs);
      if (order !== own) return;
      void watcher.ask();
    }
    roundMs += everyMs;
  }
}
