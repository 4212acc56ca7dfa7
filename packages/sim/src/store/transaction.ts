import {
  type Acceptance,
  type Counters,
  type Log,
  type LogBounds,
  type LogOptions,
  type Seq,
  type StoreLimits,
  storeErrors,
  type Table,
  type Transaction,
} from '@ftctl/sdk';
import { byteLength, checkBytes, checkName, checkPosition } from './checks.ts';
import type { LogRecords } from './records.ts';
import type { Change, StoreState } from './state.ts';

/** What a transaction needs to know of the store that it changes. */
export interface TransactionHost {
  readonly state: StoreState;
  readonly limits: StoreLimits;
  options(log: string): LogOptions<unknown>;
}

/** One `apply`: changes are made at once in the state that commits see, and can be taken back. */
export class StagedTransaction implements Transaction {
  readonly changes: Change[] = [];
  bytes = 0;
  readonly #host: TransactionHost;
  readonly #undo: (() => void)[] = [];
  #open = true;

  constructor(host: TransactionHost) {
    this.#host = host;
  }

  close(): void {
    this.#open = false;
  }

  takeBack(): void {
    for (const undo of this.#undo.reverse()) undo();
    this.#undo.length = 0;
  }

  append<T>(log: Log<T>, value: T): Seq {
    return this.appendEncoded(log, log.codec.encode(value));
  }

  appendEncoded<T>(log: Log<T>, encoded: Uint8Array): Seq {
    this.#check();
    checkBytes(`a record of log ${log.name}`, encoded.length, this.#host.limits.recordBytes);
    this.#makeRoom(log.name, encoded.length);
    this.#change({ kind: 'append', log: log.name, bytes: encoded.slice() }, encoded.length);
    return this.#log(log).last;
  }

  bounds<T>(log: Log<T>): LogBounds {
    return this.#log(log).bounds();
  }

  position<T>(log: Log<T>, cursor: string): Seq | undefined {
    return this.#log(log).cursors.get(cursor);
  }

  moveCursor<T>(log: Log<T>, cursor: string, to: Seq): void {
    const records = this.#log(log);
    checkName(`cursor of log ${log.name}`, cursor, this.#host.limits.keyBytes);
    checkPosition(log.name, to, records.last);
    const present = records.cursors.get(cursor);
    if (present === undefined && records.cursors.size >= this.#host.limits.cursorsPerLog) {
      const limit = this.#host.limits.cursorsPerLog;
      throw storeErrors.MISUSE({ why: `log ${log.name} has ${limit} cursors, the most it may` });
    }
    if (present !== undefined && to <= present) return;
    this.#change({ kind: 'cursor', log: log.name, cursor, to }, byteLength(cursor));
    this.#dropRead(records);
  }

  dropCursor<T>(log: Log<T>, cursor: string): void {
    const records = this.#log(log);
    if (!records.cursors.has(cursor)) return;
    this.#change({ kind: 'drop-cursor', log: log.name, cursor }, byteLength(cursor));
    this.#dropRead(records);
  }

  trim<T>(log: Log<T>, upTo: Seq): void {
    const records = this.#log(log);
    checkPosition(log.name, upTo, records.last);
    this.#drop(records, upTo);
  }

  mark(counters: Counters, origin: string): number {
    this.#check();
    return this.#host.state.marks(counters.name).get(origin) ?? 0;
  }

  setMark(counters: Counters, origin: string, id: number): void {
    this.#check();
    checkName(`origin of counters ${counters.name}`, origin, this.#host.limits.keyBytes);
    if (!Number.isSafeInteger(id) || id < 0) {
      throw storeErrors.MISUSE({ why: `a mark is a whole number from 0, not ${id}` });
    }
    this.#change({ kind: 'mark', counters: counters.name, origin, id }, byteLength(origin));
  }

  accept(counters: Counters, origin: string, id: number, prev: number = id - 1): Acceptance {
    const mark = this.mark(counters, origin);
    if (!Number.isSafeInteger(id) || !Number.isSafeInteger(prev) || prev < 0 || prev >= id) {
      throw storeErrors.MISUSE({ why: `record ${id} cannot come after record ${prev}` });
    }
    if (id <= mark) return 'duplicate';
    if (prev > mark) return 'gap';
    this.setMark(counters, origin, id);
    return 'accept';
  }

  get<V>(table: Table<V>, key: string): V | undefined {
    this.#check();
    const bytes = this.#host.state.rows(table.name).get(key);
    return bytes === undefined ? undefined : codecOf(table).decode(bytes.slice());
  }

  put<V>(table: Table<V>, key: string, value: V): void {
    this.#check();
    checkName(`key of table ${table.name}`, key, this.#host.limits.keyBytes);
    const bytes = codecOf(table).encode(value).slice();
    checkBytes(`a value of table ${table.name}`, bytes.length, this.#host.limits.recordBytes);
    const size = byteLength(key) + bytes.length;
    this.#change({ kind: 'value', table: table.name, key, bytes }, size);
  }

  delete<V>(table: Table<V>, key: string): void {
    this.#check();
    if (!this.#host.state.rows(table.name).has(key)) return;
    const change = { kind: 'value', table: table.name, key, bytes: undefined } as const;
    this.#change(change, byteLength(key));
  }

  #check(): void {
    if (!this.#open) {
      throw storeErrors.MISUSE({ why: 'a transaction was used after its commit had returned' });
    }
  }

  #log<T>(log: Log<T>): LogRecords {
    this.#check();
    return this.#host.state.log(log.name);
  }

  #change(change: Change, bytes: number): void {
    this.bytes += bytes;
    const limit = this.#host.limits.commitBytes;
    checkBytes('a commit', this.bytes, limit);
    this.changes.push(change);
    this.#undo.push(this.#host.state.apply(change));
  }

  /** Drops what every cursor has passed. */
  #dropRead(records: LogRecords): void {
    if (records.cursors.size > 0) this.#dropRecords(records, Math.min(...records.cursors.values()));
  }

  #drop(records: LogRecords, upTo: Seq): void {
    for (const [cursor, at] of records.cursors) {
      if (at < upTo) this.#change({ kind: 'cursor', log: records.name, cursor, to: upTo }, 0);
    }
    this.#dropRecords(records, upTo);
    this.#dropRead(records);
  }

  #dropRecords(records: LogRecords, upTo: Seq): void {
    if (upTo >= records.bounds().first) this.#change({ kind: 'drop', log: records.name, upTo }, 0);
  }

  #makeRoom(name: string, bytes: number): void {
    const options = this.#host.options(name);
    const records = this.#host.state.log(name);
    const fits = () => {
      const { first, last, bytes: held } = records.bounds();
      const count = last - first + 1;
      const enough = options.limitRecords === undefined || count + 1 <= options.limitRecords;
      return enough && held + bytes <= options.limitBytes;
    };
    const full = () =>
      storeErrors.LOG_FULL({ log: name, bytes: records.bounds().bytes, limit: options.limitBytes });
    while (!fits()) {
      const { first, last } = records.bounds();
      if (last < first || options.overflow === 'refuse') throw full();
      if (options.overflow === 'overwrite') this.#drop(records, first);
      else this.#dropLaggard(records, full);
    }
  }

  #dropLaggard(records: LogRecords, full: () => Error): void {
    const [laggard] = [...records.cursors].sort((left, right) => left[1] - right[1]);
    if (laggard === undefined) throw full();
    this.#change({ kind: 'drop-cursor', log: records.name, cursor: laggard[0] }, 0);
    if (records.cursors.size > 0) this.#dropRead(records);
    else this.#dropRecords(records, records.last);
  }
}

/** Tables of this store carry their codec beside the public interface. */
function codecOf<V>(table: Table<V>) {
  return (table as SimTable<V>).codec;
}

export interface SimTable<V> extends Table<V> {
  readonly codec: {
    encode(value: V): Uint8Array;
    decode(bytes: Uint8Array): V;
  };
}
