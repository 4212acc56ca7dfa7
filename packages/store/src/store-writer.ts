import {
  type Codec,
  type Counters,
  type Log,
  type LogOptions,
  type Store,
  type StoreCheck,
  type StoreDamage,
  type StoreInspection,
  type StoreLimits,
  type StoreOrigin,
  storeErrors,
  type Table,
  type Topic,
  type Transaction,
} from '@ftctl/sdk';
import { Committer } from './committer.ts';
import { Doorbell } from './doorbell/doorbell.ts';
import type { Env, Snapshot } from './env.ts';
import { checkContents, inspectStore } from './inspect/inspector.ts';
import { Listeners } from './listeners.ts';
import { releaseOwnership, type StoreMeta } from './ownership.ts';
import { Registry } from './registry.ts';
import { openTopic } from './topic.ts';
import type { View } from './view.ts';

export interface WriterOptions {
  readonly env: Env;
  readonly path: string;
  readonly plugin: string;
  readonly sockets: string;
  readonly limits: StoreLimits;
  readonly meta: StoreMeta;
  /** A damaged entry, found when the store was opened. */
  readonly suspect?: StoreDamage | undefined;
  readonly readerCheckIntervalMs: number;
  readonly onTrouble?: (error: unknown) => void;
}

/** The store as its one writer has it open. */
export class StoreWriter implements Store {
  readonly incarnation: string;
  readonly origin: StoreOrigin;
  readonly #options: WriterOptions;
  readonly #registry: Registry;
  readonly #committer: Committer;
  readonly #listeners = new Listeners();
  readonly #doorbell: Doorbell;
  readonly #topics = new Set<Pick<Topic<unknown>, 'close'>>();
  readonly #readerChecks: NodeJS.Timeout;
  #closing: Promise<void> | undefined;

  constructor(options: WriterOptions) {
    this.incarnation = options.meta.incarnation;
    this.origin = options.meta.origin;
    this.#options = options;
    const { env, path, limits } = options;
    this.#registry = new Registry(limits, {
      read: (use) => this.#read(use),
      onAppend: (log, listener) => this.#listeners.add(log, listener),
    });
    this.#committer = new Committer({
      env,
      path,
      limits,
      registry: this.#registry,
      suspect: options.suspect,
      onFlushed: (logs) => {
        for (const { name } of logs) this.#listeners.call(name);
      },
      onTakenBack: () => this.#registry.reload(this.#committer.view),
    });
    this.#doorbell = new Doorbell({
      sockets: options.sockets,
      plugin: options.plugin,
      publisher: this,
      ...(options.onTrouble && { onTrouble: options.onTrouble }),
    });
    this.#readerChecks = setInterval(
      () => env.readerCheck(),
      options.readerCheckIntervalMs,
    ).unref();
  }

  log<T>(name: string, options: LogOptions<T>): Log<T> {
    this.#checkOpen();
    const log = this.#registry.openLog(name, options);
    if (options.topic) this.#doorbell.listen();
    return log;
  }

  counters(name: string): Counters {
    this.#checkOpen();
    return this.#registry.openCounters(name);
  }

  table<V>(name: string, codec: Codec<V>): Table<V> {
    this.#checkOpen();
    return this.#registry.openTable(name, codec);
  }

  commit<R>(apply: (tx: Transaction) => R): Promise<R> {
    if (this.#closing !== undefined) return Promise.reject(storeErrors.CLOSED());
    return this.#committer.commit(apply, this.#registry.unrecorded());
  }

  drained(): Promise<void> {
    return this.#committer.drained();
  }

  async topic<T>(plugin: string, log: string, codec: Codec<T>): Promise<Topic<T>> {
    this.#checkOpen();
    const { path, sockets, plugin: reader } = this.#options;
    const topic = await openTopic({
      storePath: path,
      sockets,
      publisher: plugin,
      log,
      codec,
      reader,
      onClosed: () => this.#topics.delete(topic),
    });
    this.#topics.add(topic);
    return topic;
  }

  async inspect(): Promise<StoreInspection> {
    this.#checkOpen();
    const { env, meta } = this.#options;
    const { pendingBytes } = this.#committer;
    const snapshot = this.#keep(env.snapshot());
    return inspectStore({ snapshot, meta, statistics: env.statistics(), pendingBytes });
  }

  async check(): Promise<StoreCheck> {
    this.#checkOpen();
    return checkContents(this.#keep(this.#options.env.snapshot()));
  }

  /** A published log that is open in this process, for its readers. */
  published(name: string): Log<unknown> | undefined {
    const log = this.#registry.logNamed(name);
    return log !== undefined && this.#registry.liveLog(log).plan.topic ? log : undefined;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const topic of this.#topics) topic.close();
    await this.#doorbell.close();
    await this.#committer.idle();
    try {
      await releaseOwnership(this.#options.env);
    } catch (error) {
      // The name stays, and is that of a process that ended once this one has.
      this.#options.onTrouble?.(error);
    }
    await this.#end();
  }

  /** Ends at once, as a crash does: drops what is not on disk and stays the owner. */
  async abandon(): Promise<void> {
    this.#closing ??= Promise.resolve();
    for (const topic of this.#topics) topic.close();
    await this.#doorbell.close();
    await this.#end();
  }

  async #end(): Promise<void> {
    clearInterval(this.#readerChecks);
    this.#listeners.clear();
    this.#committer.end();
    await this.#options.env.close();
  }

  #read<R>(use: (view: View) => R): R {
    this.#checkOpen();
    return use(this.#committer.view);
  }

  /** A snapshot that is held for more than a turn: of no use any more once the store is closed. */
  #keep(snapshot: Snapshot): Snapshot {
    const open = () => {
      this.#checkOpen();
      return snapshot;
    };
    return {
      get: (key) => open().get(key),
      entries: (range) => open().entries(range),
      keys: (range, limit) => open().keys(range, limit),
      lastKey: (from, at) => open().lastKey(from, at),
      release: () => snapshot.release(),
    };
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw storeErrors.CLOSED();
  }
}
