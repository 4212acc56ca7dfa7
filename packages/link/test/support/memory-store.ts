import {
  type Codec,
  type Log,
  type LogEntry,
  type LogOptions,
  type ReadLimits,
  type Seq,
  type Store,
  storeErrors,
  type Table,
  type TableRange,
  type Transaction,
} from '@ftctl/sdk';

interface LogState {
  readonly first: Seq;
  readonly records: readonly Uint8Array[];
  readonly cursors: Readonly<Record<string, Seq>>;
}

type Part = LogState | ReadonlyMap<string, Uint8Array>;
type Parts = Map<string, Part>;

/** What a crash leaves. */
export class MemoryDisk {
  readonly incarnation: string;
  readonly parts: Parts = new Map();
  constructor(incarnation: string) {
    this.incarnation = incarnation;
  }
}

const EMPTY_LOG: LogState = { first: 1, records: [], cursors: {} };

/** The part of a store that a link needs, in memory: for tests of the protocol around it. */
export class MemoryStore implements Store {
  readonly incarnation: string;
  readonly #disk: MemoryDisk;
  readonly #flushMs: number;
  #staged: Parts;
  #waiting: { parts: Parts; resolve: () => void; reject: (error: unknown) => void }[] = [];
  #flushing: NodeJS.Timeout | undefined;
  #closed = false;
  readonly #logs = new Map<string, MemoryLog<unknown>>();
  readonly #listeners = new Set<() => void>();

  constructor(disk: MemoryDisk, flushMs = 1) {
    this.incarnation = disk.incarnation;
    this.#disk = disk;
    this.#flushMs = flushMs;
    this.#staged = new Map(disk.parts);
  }

  log<T>(name: string, options: LogOptions<T>): Log<T> {
    const key = `log ${name}`;
    const present = this.#logs.get(key);
    if (present !== undefined) return present as MemoryLog<T>;
    const log = new MemoryLog<T>(name, options, key, this.#disk, this.#listeners);
    this.#logs.set(key, log as MemoryLog<unknown>);
    return log;
  }

  table<V>(name: string, codec: Codec<V>): Table<V> {
    return new MemoryTable(name, codec, `table ${name}`, this.#disk.parts);
  }

  counters(): never {
    throw new Error('a link uses no counters');
  }

  topic(): never {
    throw new Error('a link uses no topics');
  }

  async drained(): Promise<void> {
    while (this.#waiting.length > 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }

  commit<R>(apply: (tx: Transaction) => R): Promise<R> {
    if (this.#closed) return Promise.reject(storeErrors.CLOSED());
    const parts: Parts = new Map(this.#staged);
    let result: R;
    try {
      result = apply(new MemoryTransaction(parts) as unknown as Transaction);
    } catch (error) {
      return Promise.reject(error);
    }
    this.#staged = parts;
    this.#flushing ??= setTimeout(() => this.#flush(), this.#flushMs);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ parts, resolve: () => resolve(result), reject });
    });
  }

  crash(): void {
    this.#closed = true;
    clearTimeout(this.#flushing);
    for (const { reject } of this.#waiting.splice(0)) reject(storeErrors.CLOSED());
  }

  #flush(): void {
    this.#flushing = undefined;
    const done = this.#waiting.splice(0);
    for (const [key, part] of done.at(-1)?.parts ?? []) this.#disk.parts.set(key, part);
    for (const { resolve } of done) resolve();
    for (const listener of this.#listeners) listener();
  }
}

class MemoryLog<T> implements Log<T> {
  readonly codec: Codec<T>;
  constructor(
    readonly name: string,
    readonly options: LogOptions<T>,
    readonly key: string,
    readonly disk: MemoryDisk,
    readonly listeners: Set<() => void>,
  ) {
    this.codec = options.codec;
  }

  bounds() {
    return boundsOf(this.state());
  }

  read(after: Seq, limits?: ReadLimits): readonly LogEntry<T>[] {
    return this.readEncoded(after, limits).map(({ seq, value }) => ({
      seq,
      value: this.codec.decode(value),
    }));
  }

  readEncoded(after: Seq, limits: ReadLimits = {}): readonly LogEntry<Uint8Array>[] {
    const { first, records } = this.state();
    const { maxRecords = 1_000, maxBytes = 1024 * 1024 } = limits;
    const entries: LogEntry<Uint8Array>[] = [];
    let bytes = 0;
    for (let at = Math.max(0, after + 1 - first); at < records.length; at += 1) {
      const value = records[at] as Uint8Array;
      bytes += value.byteLength;
      if (entries.length >= maxRecords || (entries.length > 0 && bytes > maxBytes)) break;
      entries.push({ seq: first + at, value });
    }
    return entries;
  }

  position(cursor: string): Seq | undefined {
    return this.state().cursors[cursor];
  }

  cursors() {
    return this.state().cursors;
  }

  onAppend(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  state(parts: Parts = this.disk.parts): LogState {
    return (parts.get(this.key) as LogState | undefined) ?? EMPTY_LOG;
  }
}

class MemoryTable<V> implements Table<V> {
  constructor(
    readonly name: string,
    readonly codec: Codec<V>,
    readonly key: string,
    readonly durable: Parts,
  ) {}

  rows(parts: Parts): ReadonlyMap<string, Uint8Array> {
    return (parts.get(this.key) as ReadonlyMap<string, Uint8Array> | undefined) ?? new Map();
  }

  get(key: string, parts: Parts = this.durable): V | undefined {
    const bytes = this.rows(parts).get(key);
    return bytes === undefined ? undefined : this.codec.decode(bytes);
  }

  entries(range: TableRange = {}): readonly (readonly [string, V])[] {
    return [...this.rows(this.durable)]
      .filter(([key]) => key.startsWith(range.prefix ?? ''))
      .slice(0, range.limit ?? 10_000)
      .map(([key, bytes]) => [key, this.codec.decode(bytes)] as const);
  }
}

class MemoryTransaction {
  readonly #parts: Parts;
  constructor(parts: Parts) {
    this.#parts = parts;
  }

  append<T>(log: MemoryLog<T>, value: T): Seq {
    const state = log.state(this.#parts);
    const records = [...state.records, log.codec.encode(value)];
    const surplus = Math.max(0, records.length - (log.options.limitRecords ?? 1_000_000));
    const next = { ...state, first: state.first + surplus, records: records.slice(surplus) };
    this.#parts.set(log.key, next);
    return next.first + next.records.length - 1;
  }

  bounds<T>(log: MemoryLog<T>) {
    return boundsOf(log.state(this.#parts));
  }

  position<T>(log: MemoryLog<T>, cursor: string): Seq | undefined {
    return log.state(this.#parts).cursors[cursor];
  }

  moveCursor<T>(log: MemoryLog<T>, cursor: string, to: Seq): void {
    const state = log.state(this.#parts);
    const cursors = { ...state.cursors, [cursor]: Math.max(to, state.cursors[cursor] ?? 0) };
    const first = Math.max(state.first, Math.min(...Object.values(cursors)) + 1);
    const records = state.records.slice(first - state.first);
    this.#parts.set(log.key, { first, records, cursors });
  }

  get<V>(table: MemoryTable<V>, key: string): V | undefined {
    return table.get(key, this.#parts);
  }

  put<V>(table: MemoryTable<V>, key: string, value: V): void {
    const rows = new Map(table.rows(this.#parts)).set(key, table.codec.encode(value));
    this.#parts.set(table.key, rows);
  }
}

function boundsOf({ first, records }: LogState) {
  const bytes = records.reduce((sum, record) => sum + record.byteLength, 0);
  return { first, last: first + records.length - 1, bytes };
}
