import { createHistogram } from 'node:perf_hooks';
import type { Way } from './send-at-top-speed.ts';
import { type Latencies, SHAPE } from './shape.ts';

const TICK_MS = 1;
/** Histograms hold whole numbers from 1 on: microseconds. */
const UNITS_PER_MS = 1_000;

interface HandedOver {
  readonly upTo: number;
  readonly count: number;
  readonly atMs: number;
}

/** Appends at a fixed rate, whatever comes back, and notes how long the events take. */
export async function sendAtRate(
  { store, outbox, ...way }: Way,
  { eventsPerS, forMs }: { readonly eventsPerS: number; readonly forMs: number },
): Promise<Latencies> {
  const record = new Uint8Array(SHAPE.recordBytes).fill(7);
  const took = createHistogram();
  const stored = createHistogram();
  /** Commits whose events are not all acknowledged, oldest first. */
  let waiting: HandedOver[] = [];
  let lastUpTo = outbox.bounds().last;
  let finish: (() => void) | undefined;
  let failure: unknown;
  way.onDelivered((upTo) => {
    const left = waiting.findIndex((one) => one.upTo > upTo);
    for (const one of left < 0 ? waiting : waiting.slice(0, left)) {
      const units = unitsSince(one.atMs);
      for (let n = 0; n < one.count; n += 1) took.record(units);
    }
    waiting = left < 0 ? [] : waiting.slice(left);
    if (waiting.length === 0) finish?.();
  });
  const startedMs = performance.now();
  let sent = 0;
  while (failure === undefined && performance.now() - startedMs < forMs) {
    const atMs = performance.now();
    const count = Math.floor(((atMs - startedMs) * eventsPerS) / 1_000) - sent;
    if (count > 0) {
      sent += count;
      lastUpTo += count;
      waiting.push({ upTo: lastUpTo, count, atMs });
      const commit = store.commit((tx) => {
        for (let n = 0; n < count; n += 1) tx.append(outbox, record);
      });
      commit.then(
        () => stored.record(unitsSince(atMs)),
        (error: unknown) => {
          failure = error;
        },
      );
    }
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  if (failure !== undefined) throw failure;
  const elapsedMs = performance.now() - startedMs;
  if (waiting.length > 0) await new Promise<void>((resolve) => (finish = resolve));
  return {
    eventsPerS: Math.round((sent * 1_000) / elapsedMs),
    p50Ms: took.percentile(50) / UNITS_PER_MS,
    p99Ms: took.percentile(99) / UNITS_PER_MS,
    maxMs: took.max / UNITS_PER_MS,
    storedP50Ms: stored.percentile(50) / UNITS_PER_MS,
    storedP99Ms: stored.percentile(99) / UNITS_PER_MS,
  };
}

function unitsSince(atMs: number): number {
  return Math.max(1, Math.round((performance.now() - atMs) * UNITS_PER_MS));
}
