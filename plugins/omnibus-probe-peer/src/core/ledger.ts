import { isKnown } from './known-ranges.ts';
import type { LedgerEntry, Position, ProbeEvent } from './records.ts';
import { nearest, type Sighting } from './sighting.ts';

/**
 * The ObjectServer's side of exact pairs: both members of a pair may deliver the
 * same event, around a take-over or while they cannot hear each other. The
 * ledger remembers each delivery for which the partner's copy may still come;
 * that copy then takes the entry out and is not counted. It is kept in the same
 * commit as the alert table.
 */
export interface LedgerTables {
  /** Deliveries by member and print, oldest first. */
  entries(member: string, print: string): readonly LedgerEntry[];
  setEntries(member: string, print: string, entries: readonly LedgerEntry[]): void;
}

/** How long the partner's copy is waited for, counted from the delivery. */
export const RETENTION_MS = 600_000;
/** What both members know of is kept so long for a member that restarts and has forgotten. */
export const SETTLED_RETENTION_MS = 60_000;
/** Most deliveries remembered of one event text; older ones make room. */
const MAX_ENTRIES_PER_PRINT = 256;

export interface Delivery {
  /** Host of the probe that delivered. */
  readonly from: string;
  readonly at: Position;
  readonly event: ProbeEvent;
  readonly nowMs: number;
}

/** True when the event is to be counted, false when the partner has delivered it already. */
export function admit(tables: LedgerTables, delivery: Delivery): boolean {
  const { from, at, nowMs } = delivery;
  const { sighting, pair } = delivery.event;
  if (sighting === undefined || pair === undefined) return true;
  const seen: Sighting = { ...sighting, seq: at.seq } as Sighting;
  const partners = tables.entries(pair.partner, sighting.print);
  const unknown = partners.filter((entry) => !isKnown(entry.at, pair.told ?? []));
  const copy = nearest(
    unknown.map((entry) => asSighting(sighting.print, entry)),
    seen,
  );
  if (copy !== undefined) {
    const others = partners.filter((entry) => entry !== copy.entry);
    tables.setEntries(pair.partner, sighting.print, others);
    return false;
  }
  const own = tables.entries(from, sighting.print);
  const kept = own.filter((entry) => nowMs - entry.arrivedAtMs < RETENTION_MS);
  const { print, ...window } = sighting;
  const entry = { ...window, at, arrivedAtMs: nowMs } as LedgerEntry;
  tables.setEntries(from, print, [...kept, entry].slice(-MAX_ENTRIES_PER_PRINT));
  return true;
}

/** The entries of one member that are still of use; `settled` is what its partner knows of. */
export function stillNeeded(
  entries: readonly LedgerEntry[],
  settled: Position | undefined,
  nowMs: number,
): readonly LedgerEntry[] {
  return entries.filter((entry) => {
    const known =
      settled?.incarnation === entry.at.incarnation && entry.at.seq <= (settled?.seq ?? 0);
    return nowMs - entry.arrivedAtMs < (known ? SETTLED_RETENTION_MS : RETENTION_MS);
  });
}

function asSighting(print: string, entry: LedgerEntry): Sighting & { entry: LedgerEntry } {
  const { from, to, stamp, at } = entry;
  const seen = { print, from, to, seq: at.seq, entry };
  return stamp === undefined ? seen : { ...seen, stamp };
}
