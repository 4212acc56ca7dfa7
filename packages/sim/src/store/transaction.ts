import {
  type Acceptance,
  type Counters,
  type Log,
  type LogBounds,
  type LogLimits,
  type LogOptions,
  type Seq,
  type StoreLimits,
  storeErrors,
  type Table,
  type Transaction,
} from '@ftctl/sdk';
import {
  byteLength,
  checkBytes,
  checkKey,
  checkLimits,
  checkReached,
  checkWhole,
} from './checks.ts';
import type { SimTable } from './handles.ts';
import type { LogRecords, LogSettings } from './records.ts';
import type { Change, StoreState } from './state.ts';

/** What a transaction needs to know of the store that it changes. */
export interface TransactionHost {
  readonly state: StoreState;
  readonly limits: StoreLimits;
  /** What the plugin's code says of a log. */
  options(log: string): LogOptions<unknown>;
  /** @throws FtError FT_STORE_MISUSE when the handle is of another store */
  checkOwn(handle: object): void;
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
    this.#check(log);
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
    checkKey(`cursor of log ${log.name}`, cursor, this.#host.limits.keyBytes);
    checkReached(log.name, to, records.last);
    const start = Math.max(to, records.bounds().first - 1);
    const present = records.cursors.get(cursor);
    if (present === undefined && records.cursors.size >= this.#host.limits.cursorsPerLog) {
      const limit = this.#host.limits.cursorsPerLog;
      throw storeErrors.MISUSE({ why: `log ${log.name} has ${limit} cursors, the most it may` });
    }
    if (present !== undefined && start <= present) return;
    this.#change({ kind: 'cursor', log: log.name, cursor, to: start }, byteLength(cursor));
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
    checkWhole(`a position in log ${log.name}`, upTo);
    this.#drop(records, Math.min(upTo, records.last));
  }

  resize<T>(log: Log<T>, limits: LogLimits): void {
    const records = this.#log(log);
    checkLimits(log.name, limits);
    this.#change({ kind: 'resize', log: log.name, limits: limitsOf(limits) }, 0);
    if (this.#settings(log.name).overflow !== 'refuse') this.#shrink(records, 0, 0);
  }

  mark(counters: Counters, origin: string): number {
    this.#check(counters);
    return this.#host.state.marks(counters.name).get(origin) ?? 0;
  }

  setMark(counters: Counters, origin: string, id: number): void {
    this.#check(counters);
    checkKey(`origin of counters ${counters.name}`, origin, this.#host.limits.keyBytes);
    checkWhole('a mark', id);
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
    this.#check(table);
    const bytes = this.#host.state.value(table.name, key);
    return bytes === undefined ? undefined : codecOf(table).decode(bytes);
  }

  put<V>(table: Table<V>, key: string, value: V): void {
    this.#check(table);
    checkKey(`key of table ${table.name}`, key, this.#host.limits.keyBytes);
    const bytes = codecOf(table).encode(value).slice();
    checkBytes(`a value of table ${table.name}`, bytes.length, this.#host.limits.recordBytes);
    const size = byteLength(key) + bytes.length;
    this.#change({ kind: 'value', table: table.name, key, bytes }, size);
  }

  delete<V>(table: Table<V>, key: string): void {
    this.#check(table);
    if (!this.#host.state.rows(table.name).has(key)) return;
    const change = { kind: 'value', table: table.name, key, bytes: undefined } as const;
    this.#change(change, byteLength(key));
  }

  /** Records the logs that were opened since the last commit. */
  create(log: string, topic: boolean): void {
    this.#change({ kind: 'create', log, topic, settings: this.#plan(log) }, 0);
  }

  #check(handle: object): void {
    if (!this.#open) {
      throw storeErrors.MISUSE({ why: 'a transaction was used after its commit had returned' });
    }
    this.#host.checkOwn(handle);
  }

  #log<T>(log: Log<T>): LogRecords {
    this.#check(log);
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
    const { limits, overflow } = this.#settings(name);
    const { limitBytes } = limits;
    checkBytes(`a record of log ${name}`, bytes, limitBytes);
    const records = this.#host.state.log(name);
    if (overflow === 'refuse' && isOver(records, limits, 1, bytes)) {
      throw storeErrors.LOG_FULL({ log: name, bytes: records.bounds().bytes, limit: limitBytes });
    }
    this.#shrink(records, 1, bytes);
  }

  /** Drops what goes beyond the limits together with what is to come. */
  #shrink(records: LogRecords, moreRecords: number, moreBytes: number): void {
    const { limits, overflow } = this.#settings(records.name);
    const full = () => isOver(records, limits, moreRecords, moreBytes);
    while (overflow === 'drop-cursor' && full()) {
      const laggard = records.laggard();
      if (laggard === undefined) break;
      this.#change({ kind: 'drop-cursor', log: records.name, cursor: laggard }, 0);
      this.#dropRead(records);
    }
    while (full()) this.#drop(records, records.bounds().first);
  }

  #settings(log: string): LogSettings {
    return this.#host.state.log(log).settings ?? this.#plan(log);
  }

  #plan(log: string): LogSettings {
    const options = this.#host.options(log);
    return { limits: limitsOf(options), overflow: options.overflow, resized: false };
  }
}

function isOver(
  records: LogRecords,
  { limitBytes, limitRecords = Number.POSITIVE_INFINITY }: LogLimits,
  moreRecords: number,
  moreBytes: number,
): boolean {
  const { first, last, bytes } = records.bounds();
  return last - first + 1 + moreRecords > limitRecords || bytes + moreBytes > limitBytes;
}

function limitsOf({ limitBytes, limitRecords }: LogLimits): LogLimits {
  return { limitBytes, ...(limitRecords !== undefined && { limitRecords }) };
}

function codecOf<V>(table: Table<V>) {
  return (table as SimTable<V>).codec;
}
