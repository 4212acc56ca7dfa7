import {
  type Acceptance,
  type Counters,
  type Log,
  type LogBounds,
  type LogLimits,
  type Seq,
  storeErrors,
  type Table,
  type Transaction,
} from '@ftctl/sdk';
import { seal } from './checksum.ts';
import type { TableHandle } from './handles.ts';
import { checkName, checkText, KIND, memberKey, nameKey } from './keys.ts';
import type { LiveLog } from './live-log.ts';
import { checkLimits } from './log-settings.ts';
import { boundsOf } from './log-state.ts';
import type { Staging } from './staging.ts';

/** The store's handles, as a transaction gets them back from the plugin. */
export interface HandleRegistry {
  /** @throws FtError FT_STORE_MISUSE for a handle of another store, as the others */
  liveLog<T>(log: Log<T>): LiveLog;
  counters(counters: Counters): Counters;
  table<V>(table: Table<V>): TableHandle<V>;
}

/** What `apply` is handed: checks what the plugin asks for, and stages it. */
export class CommitTransaction implements Transaction {
  readonly #staging: Staging;
  readonly #registry: HandleRegistry;
  /** False once `apply` has returned. */
  readonly #isOpen: () => boolean;

  constructor(staging: Staging, registry: HandleRegistry, isOpen: () => boolean) {
    this.#staging = staging;
    this.#registry = registry;
    this.#isOpen = isOpen;
  }

  append<T>(log: Log<T>, value: T): Seq {
    return this.appendEncoded(log, log.codec.encode(value));
  }

  appendEncoded<T>(log: Log<T>, encoded: Uint8Array): Seq {
    const live = this.#log(log);
    if (encoded.length > this.#staging.limits.recordBytes) {
      throw this.#tooLarge(`a record of log ${log.name}`, encoded);
    }
    return this.#staging.append(live, encoded);
  }

  bounds<T>(log: Log<T>): LogBounds {
    return boundsOf(this.#log(log).state);
  }

  position<T>(log: Log<T>, cursor: string): Seq | undefined {
    return this.#log(log).position(cursor);
  }

  moveCursor<T>(log: Log<T>, cursor: string, to: Seq): void {
    const live = this.#log(log);
    const { keyBytes, cursorsPerLog } = this.#staging.limits;
    checkName(cursor, `a cursor of log ${log.name}`, keyBytes);
    checkNumber(to, `the position of cursor ${cursor}`);
    const { first, last } = live.state;
    if (to > last) {
      throw misuse(`cursor ${cursor} cannot stand at ${to}: log ${log.name} ends at ${last}`);
    }
    const before = live.cursors.get(cursor);
    if (before !== undefined && to <= before) return;
    if (before === undefined && live.cursors.size >= cursorsPerLog) {
      throw misuse(`log ${log.name} has ${cursorsPerLog} cursors already`);
    }
    this.#staging.setCursor(live, cursor, Math.max(to, first - 1));
  }

  dropCursor<T>(log: Log<T>, cursor: string): void {
    const live = this.#log(log);
    if (live.cursors.has(cursor)) this.#staging.setCursor(live, cursor, undefined);
  }

  trim<T>(log: Log<T>, upTo: Seq): void {
    const live = this.#log(log);
    checkNumber(upTo, `the position to trim log ${log.name} to`);
    this.#staging.trim(live, upTo);
  }

  resize<T>(log: Log<T>, limits: LogLimits): void {
    const live = this.#log(log);
    checkLimits(log.name, limits);
    this.#staging.resize(live, limits);
  }

  mark(counters: Counters, origin: string): number {
    this.#checkOpen();
    return this.#staging.overlay.mark(this.#registry.counters(counters).name, origin);
  }

  setMark(counters: Counters, origin: string, id: number): void {
    this.#checkOpen();
    const { name } = this.#registry.counters(counters);
    checkText(origin, `an origin of counters ${name}`, this.#staging.limits.keyBytes);
    checkNumber(id, `the mark of ${origin}`);
    this.#staging.setMark(name, origin, id);
  }

  accept(counters: Counters, origin: string, id: number, prev = id - 1): Acceptance {
    const mark = this.mark(counters, origin);
    checkNumber(id, `an id of ${origin}`);
    checkNumber(prev, `the id before ${id} of ${origin}`);
    if (id <= mark) return 'duplicate';
    if (prev > mark) return 'gap';
    this.setMark(counters, origin, id);
    return 'accept';
  }

  get<V>(table: Table<V>, key: string): V | undefined {
    const { name, codec } = this.#table(table);
    const encoded = this.#staging.overlay.entry(name, key);
    return encoded === undefined ? undefined : codec.decode(encoded);
  }

  put<V>(table: Table<V>, key: string, value: V): void {
    const { name, codec } = this.#table(table);
    const fullKey = this.#entryKey(name, key);
    const encoded = codec.encode(value);
    if (encoded.length > this.#staging.limits.recordBytes)
      throw this.#tooLarge(`entry ${key} of table ${name}`, encoded);
    this.#staging.setEntry(name, key, { key: fullKey, value: seal(fullKey, encoded) });
  }

  delete<V>(table: Table<V>, key: string): void {
    const { name } = this.#table(table);
    this.#staging.setEntry(name, key, { key: this.#entryKey(name, key) });
  }

  #entryKey(table: string, key: string): Buffer {
    checkText(key, `a key of table ${table}`, this.#staging.limits.keyBytes);
    return memberKey(nameKey(KIND.entry, table), key);
  }

  #log<T>(log: Log<T>): LiveLog {
    this.#checkOpen();
    return this.#registry.liveLog(log);
  }

  #table<V>(table: Table<V>): TableHandle<V> {
    this.#checkOpen();
    return this.#registry.table(table);
  }

  #checkOpen(): void {
    if (!this.#isOpen()) throw misuse('a transaction was used after apply had returned');
  }

  #tooLarge(what: string, encoded: Uint8Array): Error {
    const limit = this.#staging.limits.recordBytes;
    return storeErrors.TOO_LARGE({ what, bytes: encoded.length, limit });
  }
}

function checkNumber(value: number, what: string): void {
  if (Number.isSafeInteger(value) && value >= 0) return;
  throw misuse(`${what} is ${value}, which is no whole number from 0 on`);
}

function misuse(why: string): Error {
  return storeErrors.MISUSE({ why });
}
