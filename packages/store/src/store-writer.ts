import {
  type Codec,
  type Counters,
  type Log,
  type LogOptions,
  type Store,
  type StoreLimits,
  storeErrors,
  type Table,
  type Topic,
  type Transaction,
} from '@ftctl/sdk';
import { Committer } from './committer.ts';
import { Doorbell } from './doorbell/doorbell.ts';
import type { Env } from './env.ts';
import { READER_CHECK_INTERVAL_MS } from './limits.ts';
import { Listeners } from './listeners.ts';
import { releaseOwnership } from './ownership.ts';
import { Registry } from './registry.ts';
import { openTopic } from './topic.ts';
import type { View } from './view.ts';

export interface WriterOptions {
  readonly env: Env;
  readonly path: string;
  readonly plugin: string;
  readonly sockets: string;
  readonly limits: StoreLimits;
  readonly incarnation: string;
  readonly onTrouble?: (error: unknown) => void;
}

/** The store as its one writer has it open. */
export class StoreWriter implements Store {
  readonly incarnation: string;
  readonly #options: WriterOptions;
  readonly #registry: Registry;
  readonly #committer: Committer;
  readonly #listeners = new Listeners();
  readonly #doorbell: Doorbell;
  readonly #topics = new Set<Pick<Topic<unknown>, 'close'>>();
  readonly #readerChecks: NodeJS.Timeout;
  #closing: Promise<void> | undefined;

  constructor(options: WriterOptions) {
    this.incarnation = options.incarnation;
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
    this.#readerChecks = setInterval(() => env.readerCheck(), READER_CHECK_INTERVAL_MS).unref();
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

  /** A published log that is open in this process, for its readers. */
  published(name: string): Log<unknown> | undefined {
    const log = this.#registry.logNamed(name);
    return log !== undefined && this.#registry.liveLog(log).limits.topic ? log : undefined;
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

  #checkOpen(): void {
    if (this.#closing !== undefined) throw storeErrors.CLOSED();
  }
}
