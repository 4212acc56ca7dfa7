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
/** Events handed over in one turn of the event loop, so that acknowledgements get theirs. */
const TURN_EVENTS = 2_000;

/** Appends as fast as the store takes it (`drained`) and the receiver follows. */
export async function sendAtTopSpeed(
  { store, outbox, ...way }: Way,
  { batchRecords, forMs }: { readonly batchRecords: number; readonly forMs: number },
): Promise<Stretch> {
  const record = new Uint8Array(SHAPE.recordBytes).fill(7);
  const startedAt = way.delivered();
  const startedMs = performance.now();
  let appended = outbox.bounds().last;
  let delivered = startedAt;
  let goOn: () => void = () => undefined;
  let failure: unknown;
  way.onDelivered((upTo) => {
    delivered = upTo;
    if (appended - delivered < MAX_AHEAD) goOn();
  });
  while (failure === undefined && performance.now() - startedMs < forMs) {
    for (let handed = 0; handed < TURN_EVENTS; handed += batchRecords) {
      appended += batchRecords;
      const commit = store.commit((tx) => {
        for (let n = 0; n < batchRecords; n += 1) tx.append(outbox, record);
      });
      commit.catch((error: unknown) => {
        failure = error;
        goOn();
      });
    }
    await store.drained();
    if (appended - delivered >= MAX_AHEAD) await new Promise<void>((resolve) => (goOn = resolve));
    else await new Promise((resolve) => setImmediate(resolve));
  }
  if (failure !== undefined) throw failure;
  return { events: delivered - startedAt, elapsedMs: performance.now() - startedMs };
}
