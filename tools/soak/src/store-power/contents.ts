import {
  bytes,
  type Counters,
  type Log,
  type Store,
  type Table,
  type Transaction,
  text,
} from '@ftctl/sdk';
import { seeded } from '../random.ts';

/** What the recorded writer writes into. */
export interface Things {
  readonly kept: Log<Uint8Array>;
  readonly passing: Log<Uint8Array>;
  readonly table: Table<string>;
  readonly counters: Counters;
}

const ROOM = 100_000_000;
const SIZES = [10, 200, 4_000, 20_000, 70_000] as const;
const KEYS = 40;
/** Records that are left in the log that is trimmed. */
const PASSING_RECORDS = 5;

export function openAll(store: Pick<Store, 'log' | 'table' | 'counters'>): Things {
  return {
    kept: store.log('kept', { codec: bytes, limitBytes: ROOM, overflow: 'refuse' }),
    passing: store.log('passing', {
      codec: bytes,
      limitBytes: ROOM,
      limitRecords: PASSING_RECORDS,
      overflow: 'overwrite',
    }),
    table: store.table('entries', text),
    counters: store.counters('marks'),
  };
}

/** The record that a commit appends: follows from its number and the seed. */
export function recordOf(number: number, seed: number): Uint8Array {
  const random = seeded(seed * 1_000_003 + number);
  const size = SIZES[Math.floor(random() * SIZES.length)] ?? 0;
  const record = new Uint8Array(size + Math.floor(random() * size));
  const start = Math.floor(random() * 256);
  for (let at = 0; at < record.length; at += 1) record[at] = (start + at * 7 + number) & 0xff;
  return record;
}

export function apply(tx: Transaction, things: Things, number: number, seed: number): void {
  const { kept, passing, table, counters } = things;
  const record = recordOf(number, seed);
  tx.append(kept, record);
  tx.append(passing, record);
  const key = `key-${(number * 7) % KEYS}`;
  if (number % 3 === 0) tx.delete(table, key);
  else tx.put(table, key, `${number} ${'x'.repeat(record.length % 3_000)}`);
  tx.setMark(counters, 'commits', number);
}

/**
 * What is wrong with a store that says it has come to some commit; undefined
 * when it is exactly what the commits up to there have made.
 *
 * @returns the number of the last commit as well
 */
export function examine(things: Things, seed: number): { last: number; wrong?: string } {
  const { kept, passing, table, counters } = things;
  const last = counters.mark('commits');
  const all = kept.read(0, { maxRecords: ROOM, maxBytes: ROOM });
  if (all.length !== last) return { last, wrong: `${all.length} records of ${last} commits` };
  for (const { seq, value } of all) {
    if (!same(value, recordOf(seq, seed))) return { last, wrong: `record ${seq} is another one` };
  }
  const few = passing.read(0, { maxRecords: ROOM, maxBytes: ROOM });
  if (few.length !== Math.min(last, PASSING_RECORDS) || (few.at(-1)?.seq ?? 0) !== last) {
    return { last, wrong: 'the log that is trimmed has other records' };
  }
  const expected = entriesAfter(last);
  const entries = table.entries();
  const right =
    entries.length === expected.size &&
    entries.every(([key, value]) => value.startsWith(`${expected.get(key)} `));
  return right ? { last } : { last, wrong: 'the table has other entries' };
}

function entriesAfter(last: number): Map<string, number> {
  const entries = new Map<string, number>();
  for (let number = 1; number <= last; number += 1) {
    const key = `key-${(number * 7) % KEYS}`;
    if (number % 3 === 0) entries.delete(key);
    else entries.set(key, number);
  }
  return entries;
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
