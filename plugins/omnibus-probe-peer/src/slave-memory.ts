import type { Store, Table, Transaction } from '@ftctl/sdk';
import { json } from '@ftctl/sdk';
import type { OwnEvent, Report } from './core/cache.ts';
import { MAX_UNSEEN } from './core/cache.ts';
import type { Heard } from './core/peer-types.ts';
import {
  type PositionRange,
  rangesCodec,
  type StoredReport,
  unseenReportCodec,
} from './core/records.ts';

const TOLD_KEY = 'told';
const MARK = json<true>('mark', (value) => {
  if (value !== true) throw new TypeError('not a mark');
  return true;
});

/**
 * What the slave knows of its master's deliveries, on its own disk. It goes on
 * with it after a restart, since the master does not report anything again that
 * the slave has said it knows.
 */
export class SlaveMemory {
  readonly #told: Table<readonly PositionRange[]>;
  /** Positions in the cache's log, of events that the master delivered and that older ones keep there. */
  readonly #settled: Table<true>;
  readonly #unseen: Table<StoredReport>;

  constructor(store: Store) {
    this.#told = store.table('master-told', rangesCodec);
    this.#settled = store.table('cache-settled', MARK);
    this.#unseen = store.table('master-unseen', unseenReportCodec);
  }

  told(): readonly PositionRange[] {
    return this.#told.get(TOLD_KEY) ?? [];
  }

  isSettled(cacheSeq: number): boolean {
    return this.#settled.get(String(cacheSeq)) !== undefined;
  }

  /** Oldest first. */
  unseen(): readonly Report[] {
    return this.#unseen.entries({ limit: 2 * MAX_UNSEEN }).map(([, report]) => report as Report);
  }

  hear(tx: Transaction, { told, settled, unseen }: Heard): void {
    tx.put(this.#told, TOLD_KEY, told);
    for (const { cacheSeq } of settled) {
      // 0: forwarded without waiting, so it was never in the cache.
      if (cacheSeq > 0) tx.put(this.#settled, String(cacheSeq), true);
    }
    for (const report of unseen) tx.put(this.#unseen, keyOf(report), report);
  }

  see(tx: Transaction, reports: readonly Report[]): void {
    for (const report of reports) tx.delete(this.#unseen, keyOf(report));
  }

  letGo(tx: Transaction, events: readonly OwnEvent[]): void {
    for (const { state, cacheSeq } of events) {
      if (state === 'done') tx.delete(this.#settled, String(cacheSeq));
    }
  }
}

/** Ordered as the master delivered. */
function keyOf({ incarnation, seq }: Report): string {
  return `${incarnation}/${String(seq).padStart(16, '0')}`;
}
