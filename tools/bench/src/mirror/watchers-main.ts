/**
 * `watchers-main ADDRESS TOKEN COUNT MILLISECONDS EVERY`: as many people as COUNT
 * with a page open, each with a connection of its own, each asking once in EVERY
 * milliseconds. Prints one line of JSON: a `WatcherReport`.
 */
import { setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Watcher, type WatcherReport } from './watcher.ts';

// They stand for other machines: what they do here is not to be on anybody's account.
setPriority(19);

const [address = '', token = '', count, forMs, everyMs] = process.argv.slice(2);
const watchers = Array.from({ length: Number(count) }, () => new Watcher(address, token));
const untilMs = performance.now() + Number(forMs);
await Promise.all(
  watchers.map(async (watcher) => {
    await sleep(Math.random() * Number(everyMs));
    while (performance.now() < untilMs) {
      const beganMs = performance.now();
      await watcher.ask();
      await sleep(Math.max(0, Number(everyMs) - (performance.now() - beganMs)));
    }
    watcher.close();
  }),
);
const times = watchers.flatMap((watcher) => watcher.times).sort((one, other) => one - other);
const at = (share: number) => times[Math.floor((times.length - 1) * share)] ?? 0;
const report: WatcherReport = {
  asked: times.length,
  failed: watchers.reduce((sum, { failed }) => sum + failed, 0),
  bytes: watchers.reduce((sum, { bytes }) => sum + bytes, 0),
  medianMs: at(0.5),
  p99Ms: at(0.99),
};
process.stdout.write(`${JSON.stringify(report)}\n`);
