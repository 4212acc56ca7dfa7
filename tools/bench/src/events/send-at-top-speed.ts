import type { Log, Store } from '@ftctl/sdk';
import { SHAPE, type Stretch } from './shape.ts';

/** What a sender sends on. */
export interface Way {
  readonly store: Store;
  readonly outbox: Log<Uint8Array>;
  /** Everything up to it is on the receiver's disk. */
  delivered(): number;
  /** Replaces the listener. */
  onDelivered(listener: (upTo: number) => void): void;
}

/** Most events ahead of the receiver: enough to keep both sides busy, and no growing backlog. */
const MAX_AHEAD = 40_000;
/** Commits under way at the same time. */
const COMMITS = 32;

/** Appends as fast as the store takes it and the receiver follows. */
export async function sendAtTopSpeed(
  { store, outbox, ...way }: Way,
  { batchRecords, forMs }: { readonly batchRecords: number; readonly forMs: number },
): Promise<Stretch> {
  const record = new Uint8Array(SHAPE.recordBytes).fill(7);
  const startedAt = way.delivered();
  const startedMs = performance.now();
  let appended = outbox.bounds().last;
  let delivered = startedAt;
  let wake: (() => void)[] = [];
  way.onDelivered((upTo) => {
    delivered = upTo;
    if (appended - delivered > MAX_AHEAD) return;
    const woken = wake;
    wake = [];
    for (const go of woken) go();
  });
  const lane = async () => {
    while (performance.now() - startedMs < forMs) {
      appended += batchRecords;
      await store.commit((tx) => {
        for (let n = 0; n < batchRecords; n += 1) tx.append(outbox, record);
      });
      if (appended - delivered > MAX_AHEAD) {
        await new Promise<void>((resolve) => wake.push(resolve));
      }
    }
  };
  await Promise.all(Array.from({ length: COMMITS }, lane));
  return { events: delivered - startedAt, elapsedMs: performance.now() - startedMs };
}
