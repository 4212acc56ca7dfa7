import {
  type Codec,
  type Counters,
  DEFAULT_STORE_LIMITS,
  type Log,
  type LogOptions,
  type Store,
  type StoreCheck,
  type StoreInspection,
  type StoreLimits,
  type StoreOrigin,
  storeErrors,
  type Table,
  type Topic,
  type Transaction,
} from '@ftctl/sdk';
import type { SimProcess } from '../process.ts';
import { checkName } from './checks.ts';
import type { SimDisk, StoreFile } from './disk.ts';
import { FlushQueue } from './flush-queue.ts';
import { countersHandle, logHandle, tableHandle } from './handles.ts';
import { checkState, inspectState } from './inspection.ts';
import type { StoreState } from './state.ts';
import { openTopic } from './topic.ts';
import { StagedTransaction } from './transaction.ts';

/** Pause before a reader's report that could not be written is tried again. */
const REPORT_RETRY_MS = 1_000;

/**
 * A store in virtual time, with the semantics of the contract: changes are
 * staged at once and on disk after a flush whose length the seed decides. A
 * crash loses what was not on disk, save for a part of the flush under way.
 */
export class SimStore implements Store {
  readonly #process: SimProcess;
  readonly #disk: SimDisk;
  readonly #file: StoreFile;
  readonly #limits: StoreLimits;
  readonly #queue: FlushQueue;
  readonly #logs = new Map<string, { options: LogOptions<unknown>; handle: Log<unknown> }>();
  readonly #appendListeners = new Map<string, Set<() => void>>();
  /** Handles that this store has given out. */
  readonly #own = new WeakSet<object>();
  /** Logs that the next commit creates. */
  #unrecorded: { readonly name: string; readonly topic: boolean }[] = [];
  readonly #stopReports: () => void;
  #applying = false;
  #closed = false;
  #unreadable = false;

  constructor(process: SimProcess, disk: SimDisk, limits: Partial<StoreLimits> = {}) {
    this.#process = process;
    this.#disk = disk;
    this.#limits = { ...DEFAULT_STORE_LIMITS, ...limits };
    this.#file = disk.file(process.plugin);
    this.#file.settle();
    this.#queue = new FlushQueue({
      process,
      disk,
      file: this.#file,
      limits: this.#limits,
      onAppended: (logs) => this.#ring(logs),
    });
    this.#stopReports = this.#file.takeReports(() => {
      process.schedule(0, 'delivery', () => this.#takeReports());
    });
    process.onDeath(this.#stopReports);
  }

  get incarnation(): string {
    return this.#file.incarnation;
  }

  get origin(): StoreOrigin {
    return this.#file.origin;
  }

  log<T>(name: string, options: LogOptions<T>): Log<T> {
    checkName('name of a log', name, this.#limits.nameBytes);
    const known = this.#logs.get(name);
    if (known !== undefined) {
      if (sameLimits(known.options, options as unknown as LogOptions<unknown>)) {
        return known.handle as Log<T>;
      }
      throw storeErrors.MISUSE({ why: `log ${name} is open with other limits` });
    }
    const handle = logHandle(name, options.codec, {
      disk: () => this.#readable(),
      listen: (listener) => this.#listen(name, listener),
    });
    this.#logs.set(name, {
      options: options as unknown as LogOptions<unknown>,
      handle: handle as unknown as Log<unknown>,
    });
    this.#unrecorded.push({ name, topic: options.topic ?? false });
    this.#process.schedule(0, 'delivery', () => this.#takeReports());
    return this.#give(handle);
  }

  counters(name: string): Counters {
    checkName('name of counters', name, this.#limits.nameBytes);
    return this.#give(countersHandle(name, { disk: () => this.#readable() }));
  }

  table<V>(name: string, codec: Codec<V>): Table<V> {
    checkName('name of a table', name, this.#limits.nameBytes);
    return this.#give(tableHandle(name, codec, { disk: () => this.#readable() }));
  }

  commit<R>(apply: (tx: Transaction) => R): Promise<R> {
    if (!this.#process.call()) return this.#process.never();
    if (this.#closed) return Promise.reject(storeErrors.CLOSED());
    if (this.#applying) {
      return Promise.reject(storeErrors.MISUSE({ why: 'a commit was begun inside a commit' }));
    }
    const tx = new StagedTransaction({
      state: this.#queue.staged,
      limits: this.#limits,
      options: (log) => this.#optionsOf(log),
      checkOwn: (handle) => this.#checkOwn(handle),
    });
    let result: R;
    this.#applying = true;
    try {
      for (const { name, topic } of this.#unrecorded) tx.create(name, topic);
      result = apply(tx);
      if (result instanceof Promise) {
        throw storeErrors.MISUSE({ why: 'the function given to commit answered a promise' });
      }
      this.#queue.checkRoom(tx.bytes);
    } catch (error) {
      tx.takeBack();
      return Promise.reject(error);
    } finally {
      tx.close();
      this.#applying = false;
    }
    const recorded = this.#unrecorded;
    this.#unrecorded = [];
    return this.#process.promise((resolve, reject) => {
      this.#queue.add(tx.changes, tx.bytes, (error) => {
        if (error === undefined) {
          resolve(result);
          return;
        }
        this.#unrecorded.push(...recorded);
        reject(error);
      });
    });
  }

  drained(): Promise<void> {
    if (!this.#process.call()) return this.#process.never();
    return this.#queue.drained();
  }

  async topic<T>(plugin: string, log: string, codec: Codec<T>): Promise<Topic<T>> {
    if (!this.#process.call()) return this.#process.never();
    if (this.#closed) throw storeErrors.CLOSED();
    return openTopic({ process: this.#process, disk: this.#disk, plugin, log, codec });
  }

  async inspect(): Promise<StoreInspection> {
    if (!this.#process.call()) return this.#process.never();
    const state = this.#readable();
    const { incarnation, origin } = this;
    return inspectState(state, { incarnation, origin, pendingBytes: this.#queue.pendingBytes });
  }

  async check(): Promise<StoreCheck> {
    if (!this.#process.call()) return this.#process.never();
    return checkState(this.#readable());
  }

  /** Orderly end: takes no more commits; resolves when all earlier ones are settled. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#queue.idle();
    this.#unreadable = true;
    this.#stopReports();
  }

  /** What is on disk. @throws FtError FT_STORE_CLOSED */
  #readable(): StoreState {
    if (this.#unreadable) throw storeErrors.CLOSED();
    return this.#file.state;
  }

  #give<H extends object>(handle: H): H {
    this.#own.add(handle);
    return handle;
  }

  #checkOwn(handle: object): void {
    if (!this.#own.has(handle)) throw storeErrors.MISUSE({ why: 'a handle of another store' });
  }

  /** Readers of topics have come further: their cursors follow. */
  #takeReports(): void {
    for (const report of this.#file.reports()) {
      const log = this.#logs.get(report.log)?.handle;
      if (log === undefined || this.#closed) continue;
      const moved = this.commit((tx) => {
        const upTo = Math.min(report.upTo, tx.bounds(log).last);
        tx.moveCursor(log, `topic:${report.reader}`, upTo);
      });
      moved.then(
        () => this.#file.reportDone(report),
        () => this.#process.schedule(REPORT_RETRY_MS, 'timer', () => this.#takeReports()),
      );
    }
  }

  #optionsOf(log: string): LogOptions<unknown> {
    const known = this.#logs.get(log);
    if (known === undefined) throw storeErrors.MISUSE({ why: `log ${log} was not opened here` });
    return known.options;
  }

  #listen(log: string, listener: () => void): () => void {
    const listeners = this.#appendListeners.get(log) ?? new Set();
    this.#appendListeners.set(log, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  #ring(logs: ReadonlySet<string>): void {
    for (const name of logs) {
      for (const listener of [...(this.#appendListeners.get(name) ?? [])]) listener();
    }
  }
}

function sameLimits(one: LogOptions<unknown>, other: LogOptions<unknown>): boolean {
  return (
    one.limitBytes === other.limitBytes &&
    one.limitRecords === other.limitRecords &&
    one.overflow === other.overflow &&
    (one.topic ?? false) === (other.topic ?? false)
  );
}
