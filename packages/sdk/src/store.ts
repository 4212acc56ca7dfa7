import type { Codec } from './codec.ts';
import type { StoreCheck, StoreInspection, StoreOrigin } from './store-inspection.ts';

/**
 * A plugin's durable store: logs with named cursors, counters, tables, and one
 * atomic `commit` over all of them.
 *
 * Rules that every implementation keeps (and the contract suite checks):
 *
 * - `commit` resolves when its changes are on disk, all of them or none.
 *   Acknowledge to others only after it resolved.
 * - Outside a commit only what is on disk is visible: `read`, `get`, `mark` and
 *   `position` never show a change whose commit has not resolved. Inside a
 *   commit, the changes of this and of all earlier commits are visible.
 * - Commits apply in the order of the calls. When one cannot be written, it and
 *   all later ones that had not resolved are rejected.
 * - Every log, every record and the sum of what waits for a flush has a limit
 *   (`StoreLimits`).
 * - Names and keys are well-formed text and are ordered by their UTF-8 bytes.
 */
export interface Store {
  /**
   * Random identity of this store's history: new when the store is created and
   * at each restore, so that sequence numbers used twice are never taken for
   * the same records. 32 hexadecimal digits.
   */
  readonly incarnation: string;

  /**
   * Whether this history began empty or with a restored backup; known when the
   * plugin starts. See `StoreOrigin` for what a plugin does after a restore.
   */
  readonly origin: StoreOrigin;

  /**
   * Opens a log by name, creating it in the next commit. Same name, same handle;
   * other limits for a name that is open already are FT_STORE_MISUSE. The limits
   * are the first ones: those of a log that was resized are kept.
   */
  log<T>(name: string, options: LogOptions<T>): Log<T>;
  /** Opens a set of counters by name. */
  counters(name: string): Counters;
  /** Opens a table by name. */
  table<V>(name: string, codec: Codec<V>): Table<V>;

  /**
   * Applies changes atomically. `apply` runs at once, synchronously, and gets a
   * transaction that is valid until it returns; what it returns is the result,
   * handed out once everything is on disk. When it throws, nothing is changed
   * and the promise is rejected with what it threw. Concurrent commits share
   * one flush. An `apply` that returns a promise, or that commits itself, is
   * refused.
   *
   * @throws FtError FT_STORE_LOG_FULL, FT_STORE_TOO_LARGE, FT_STORE_BUSY,
   *   FT_STORE_DISK_FULL, FT_STORE_FAILED, FT_STORE_CORRUPT, FT_STORE_CLOSED,
   *   FT_STORE_MISUSE
   */
  commit<R>(apply: (tx: Transaction) => R): Promise<R>;

  /** Resolves when fewer bytes than the soft limit wait for a flush: await it before producing more. */
  drained(): Promise<void>;

  /**
   * Opens a log that another plugin on this host publishes (`topic: true`), for
   * reading. The publisher keeps the reader's position as the cursor
   * `topic:<id of the reading plugin>`, made at the first record held when the
   * topic is opened, and holds records by it until the reader reports.
   *
   * @throws FtError FT_STORE_NO_TOPIC when that plugin publishes no such log
   */
  topic<T>(plugin: string, log: string, codec: Codec<T>): Promise<Topic<T>>;

  /**
   * What the store holds on disk: logs with cursors and lag, counters, tables,
   * space. Works in small steps, so that nothing else waits for it.
   *
   * @throws FtError FT_STORE_CORRUPT, FT_STORE_CLOSED
   */
  inspect(): Promise<StoreInspection>;

  /**
   * Reads all that is on disk and compares every checksum, in small steps. What
   * is written meanwhile makes the file grow, since nothing that is being read
   * can be written over.
   *
   * @throws FtError FT_STORE_CLOSED
   */
  check(): Promise<StoreCheck>;
}

/** Position of a record in its log: 1 for the first ever appended, then counting up. 0 is before all. */
export type Seq = number;

/** How much a log holds. */
export interface LogLimits {
  /** Most bytes of records that the log holds. */
  readonly limitBytes: number;
  /** Most records that the log holds; without it only bytes count. */
  readonly limitRecords?: number;
}

export interface LogOptions<T> extends LogLimits {
  readonly codec: Codec<T>;
  /**
   * What an append does at a limit: `refuse` throws FT_STORE_LOG_FULL in the
   * commit; `overwrite` drops the oldest records, also unread ones; `drop-cursor`
   * drops the cursor that lags most until there is room, and the oldest records
   * when no cursor is left. A record larger than the whole log is
   * FT_STORE_TOO_LARGE under each policy.
   */
  readonly overflow: 'refuse' | 'overwrite' | 'drop-cursor';
  /** True when other plugins on the host may read it as a topic. */
  readonly topic?: boolean;
}

export interface LogEntry<T> {
  readonly seq: Seq;
  readonly value: T;
}

export interface LogBounds {
  /** Oldest record still held; `last + 1` when empty. */
  readonly first: Seq;
  /** Newest record; `first - 1` when empty, 0 when nothing was ever appended. */
  readonly last: Seq;
  readonly bytes: number;
}

export interface ReadLimits {
  /** Default 1,000. */
  readonly maxRecords?: number;
  /** Encoded bytes, default 1 MiB; at least one record is returned however large. */
  readonly maxBytes?: number;
}

/**
 * An append-only log of records. A record is held until every cursor has moved
 * past it; a log without cursors holds all up to its limits.
 */
export interface Log<T> {
  readonly name: string;
  readonly codec: Codec<T>;
  bounds(): LogBounds;
  /**
   * Records after a position, oldest first. Ends before a damaged record; throws
   * when the first one to return is damaged.
   *
   * @throws FtError FT_STORE_CORRUPT naming the records whose checksum does not fit
   */
  read(after: Seq, limits?: ReadLimits): readonly LogEntry<T>[];
  /** The same records as they are encoded. The bytes are the reader's to read, not to change. */
  readEncoded(after: Seq, limits?: ReadLimits): readonly LogEntry<Uint8Array>[];
  /** A cursor's position: everything up to it is done. Undefined when there is no such cursor. */
  position(cursor: string): Seq | undefined;
  cursors(): Readonly<Record<string, Seq>>;
  /** Calls `listener` after each flush that added records. Returns how to stop. */
  onAppend(listener: () => void): () => void;
}

/**
 * Per origin a mark: everything up to id n that is meant for this reader has
 * been applied.
 */
export interface Counters {
  readonly name: string;
  mark(origin: string): number;
  marks(): Readonly<Record<string, number>>;
}

/**
 * Whether a numbered record is to be applied. `accept`: it is the next one for
 * this reader (`prev <= mark < id`), the mark moves to `id`. `duplicate`:
 * `id <= mark`. `gap`: `prev > mark`, something before it is missing: stop and
 * ask again. A bare highest id could not tell a gap from a filtered record.
 */
export type Acceptance = 'accept' | 'duplicate' | 'gap';

export interface Table<V> {
  readonly name: string;
  get(key: string): V | undefined;
  /** Entries by key order. */
  entries(range?: TableRange): readonly (readonly [string, V])[];
}

export interface TableRange {
  /** Only keys that start with it. */
  readonly prefix?: string;
  /** Only keys greater than it. */
  readonly after?: string;
  /** Default 10,000. */
  readonly limit?: number;
}

/** Inside `commit`: reads see earlier changes, writes are staged. Invalid once `apply` has returned. */
export interface Transaction {
  append<T>(log: Log<T>, value: T): Seq;
  /** Appends a record that is already encoded. */
  appendEncoded<T>(log: Log<T>, encoded: Uint8Array): Seq;
  bounds<T>(log: Log<T>): LogBounds;
  position<T>(log: Log<T>, cursor: string): Seq | undefined;
  /**
   * Creates a cursor, or moves it forward; a lower position than the present one
   * is ignored. A position before the first record held means the first record.
   *
   * @throws FtError FT_STORE_MISUSE beyond the last record
   */
  moveCursor<T>(log: Log<T>, cursor: string, to: Seq): void;
  dropCursor<T>(log: Log<T>, cursor: string): void;
  /** Drops all records up to `upTo`; cursors behind it move to it. */
  trim<T>(log: Log<T>, upTo: Seq): void;
  /**
   * Gives a log other limits, from this commit on and through restarts, until
   * the next resize. When it holds more than that: with `refuse` all is kept,
   * and appends are refused until its readers have made room; with `overwrite`
   * the oldest records go at once; with `drop-cursor` the cursors that lag most
   * go at once, and the oldest records when no cursor is left.
   *
   * @throws FtError FT_STORE_MISUSE for limits that are no whole numbers from 1 on
   */
  resize<T>(log: Log<T>, limits: LogLimits): void;

  mark(counters: Counters, origin: string): number;
  setMark(counters: Counters, origin: string, id: number): void;
  /** Checks a record's id against the mark and moves it when accepted. `prev` defaults to `id - 1`. */
  accept(counters: Counters, origin: string, id: number, prev?: number): Acceptance;

  get<V>(table: Table<V>, key: string): V | undefined;
  put<V>(table: Table<V>, key: string, value: V): void;
  delete<V>(table: Table<V>, key: string): void;
}

/** Another plugin's log, open for reading on the same host. */
export interface Topic<T> {
  bounds(): LogBounds;
  read(after: Seq, limits?: ReadLimits): readonly LogEntry<T>[];
  /** Identity of the publisher's store: when it changes, positions start again. */
  incarnation(): string;
  /** Tells the publisher that everything up to `upTo` may be dropped as far as this reader goes. */
  report(upTo: Seq): Promise<void>;
  /** Calls `listener` when there may be more to read: rung by the publisher, polled as a fallback. */
  onAppend(listener: () => void): () => void;
  close(): void;
}
