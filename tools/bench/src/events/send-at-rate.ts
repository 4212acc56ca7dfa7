import type { Way } from './send-at-top-speed.ts';
import { type Latencies, quantile, SHAPE } from './shape.ts';

const TICK_MS = 1;

/** Appends at a fixed rate, whatever comes back, and notes how long each event takes. */
export async function sendAtRate(
  { store, outbox, ...way }: Way,
  { eventsPerS, forMs }: { readonly eventsPerS: number; readonly forMs: number },
): Promise<Latencies> {
  const record = new Uint8Array(SHAPE.recordBytes).fill(7);
  /** When each event was handed over, by its number. */
  const handedOver = new Map<number, number>();
  const took: number[] = [];
  let acknowledged = way.delivered();
  const done = new Promise<void>((resolve) => {
    way.onDelivered((upTo) => {
      const nowMs = performance.now();
      for (let seq = acknowledged + 1; seq <= upTo; seq += 1) {
        const since = handedOver.get(seq);
        if (since !== undefined) took.push(nowMs - since);
        handedOver.delete(seq);
      }
      acknowledged = Math.max(acknowledged, upTo);
      if (finished && handedOver.size === 0) resolve();
    });
  });
  let finished = false;
  const startedMs = performance.now();
  let sent = 0;
  let failure: unknown;
  while (failure === undefined && performance.now() - startedMs < forMs) {
    const nowMs = performance.now();
    const due = Math.floor(((nowMs - startedMs) * eventsPerS) / 1_000) - sent;
    sent += due;
    if (due > 0) {
      const commit = store.commit((tx) => {
        for (let n = 0; n < due; n += 1) handedOver.set(tx.append(outbox, record), nowMs);
      });
      commit.catch((error: unknown) => {
        failure = error;
      });
    }
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  if (failure !== undefined) throw failure;
  const elapsedMs = performance.now() - startedMs;
  finished = true;
  if (handedOver.size > 0) await done;
  took.sort((a, b) => a - b);
  return {
    eventsPerS: Math.round((sent * 1_000) / elapsedMs),
    p50Ms: quantile(took, 0.5),
    p99Ms: quantile(took, 0.99),
    maxMs: took.at(-1) ?? 0,
  };
}
