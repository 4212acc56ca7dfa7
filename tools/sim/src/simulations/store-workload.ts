import { json, type Log, type Store, type Table, type Transaction } from '@ftctl/sdk';
import type { SeededRandom } from '@ftctl/sim';

/** One random commit, as plain data: the checker replays it without the store. */
export interface Operation {
  /** Counts all commits of the run, over all lives. */
  readonly n: number;
  readonly puts: readonly (readonly [key: string, value: number])[];
  readonly deletes: readonly string[];
  /** Moves the reader's cursor so many records further, when there are so many. */
  readonly advance: number;
  /** Resizes the log to so many records first. Where it holds as many already, the commit is refused. */
  readonly limitRecords?: number;
  /** Throws at its end: nothing of it may ever be seen. */
  readonly throws: boolean;
}

const whole = json<number>('number', (value) => {
  if (typeof value !== 'number') throw new Error('not a number');
  return value;
});

export const ORIGIN = 'client';
export const READER = 'reader';
const LIMIT_BYTES = 10_000_000;
const MAX_LIMIT_RECORDS = 40;
const KEYS = ['a', 'b', 'c', 'd', 'e'];

/** The parts of a store that the workload uses. */
export interface Parts {
  readonly log: Log<number>;
  readonly table: Table<number>;
  readonly marks: ReturnType<Store['counters']>;
}

export function partsOf(store: Store): Parts {
  return {
    log: store.log('box', { codec: whole, limitBytes: LIMIT_BYTES, overflow: 'refuse' }),
    table: store.table('state', whole),
    marks: store.counters('marks'),
  };
}

export function drawOperation(random: SeededRandom, n: number): Operation {
  const some = (most: number) => Array.from({ length: random.int(most) }, () => random.pick(KEYS));
  return {
    n,
    ...(random.chance(0.1) && { limitRecords: 1 + random.int(MAX_LIMIT_RECORDS) }),
    puts: some(3).map((key) => [key, n] as const),
    deletes: random.chance(0.2) ? some(3) : [],
    advance: random.chance(0.4) ? random.int(8) : 0,
    throws: random.chance(0.05),
  };
}

/** Carries an operation out in a transaction. */
export function applyOperation(tx: Transaction, parts: Parts, operation: Operation): void {
  const { log, table, marks } = parts;
  const { limitRecords } = operation;
  if (limitRecords !== undefined) tx.resize(log, { limitBytes: LIMIT_BYTES, limitRecords });
  tx.append(log, operation.n);
  for (const [key, value] of operation.puts) tx.put(table, key, value);
  for (const key of operation.deletes) tx.delete(table, key);
  tx.setMark(marks, ORIGIN, operation.n);
  const reader = tx.position(log, READER) ?? 0;
  tx.moveCursor(log, READER, Math.min(reader + operation.advance, tx.bounds(log).last));
  if (operation.throws) throw new Error('changed my mind');
}
