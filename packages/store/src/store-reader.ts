import {
  type Codec,
  type Counters,
  DEFAULT_STORE_LIMITS,
  type Log,
  type LogOptions,
  type Store,
  type StoreCheck,
  type StoreInspection,
  type StoreOrigin,
  type Table,
} from '@ftctl/sdk';
import { CountersHandle, type DurableSource, LogHandle, TableHandle } from './handles.ts';
import { checkContents, inspectStore } from './inspect/inspector.ts';
import { checkName } from './keys.ts';
import { EMPTY_LOG } from './log-state.ts';
import { Poller } from './poller.ts';
import { ReadOnlyEnv } from './read-only-env.ts';

/** A store that is open for reading only, beside its writer or without one. */
export interface StoreReader extends Omit<Store, 'commit' | 'topic' | 'drained'> {
  /** Works twice. */
  close(): void;
}

/**
 * Opens a plugin's store for reading. Changes become visible as its writer makes
 * them durable; `onAppend` polls.
 *
 * @throws FtError FT_STORE_FAILED when there is none, FT_STORE_CORRUPT, FT_STORE_NEWER
 */
export function openStoreReader(options: { readonly path: string }): StoreReader {
  return new ReadOnlyStore(new ReadOnlyEnv(options.path));
}

class ReadOnlyStore implements StoreReader {
  readonly incarnation: string;
  readonly origin: StoreOrigin;
  readonly #env: ReadOnlyEnv;
  readonly #source: DurableSource;
  readonly #pollers = new Set<Poller>();

  constructor(env: ReadOnlyEnv) {
    this.#env = env;
    const { incarnation, origin } = env.meta();
    this.incarnation = incarnation;
    this.origin = origin;
    this.#source = {
      read: (use) => env.read(use),
      onAppend: (log, listener) => this.#watch(log, listener),
    };
  }

  log<T>(name: string, options: LogOptions<T>): Log<T> {
    checkName(name, 'a name of a log', DEFAULT_STORE_LIMITS.nameBytes);
    return new LogHandle(name, options.codec, this.#source);
  }

  counters(name: string): Counters {
    checkName(name, 'a name of counters', DEFAULT_STORE_LIMITS.nameBytes);
    return new CountersHandle(name, this.#source);
  }

  table<V>(name: string, codec: Codec<V>): Table<V> {
    checkName(name, 'a name of a table', DEFAULT_STORE_LIMITS.nameBytes);
    return new TableHandle(name, codec, this.#source);
  }

  async inspect(): Promise<StoreInspection> {
    const [meta, statistics] = [this.#env.meta(), this.#env.statistics()];
    return inspectStore({ snapshot: this.#env.snapshot(), meta, statistics, pendingBytes: 0 });
  }

  async check(): Promise<StoreCheck> {
    return checkContents(this.#env.snapshot());
  }

  close(): void {
    for (const poller of this.#pollers) poller.stop();
    this.#env.close();
  }

  #watch(log: string, listener: () => void): () => void {
    const last = () => this.#env.read((view) => (view.logState(log) ?? EMPTY_LOG).last);
    let seen = last();
    const poller = new Poller(() => {
      const now = last();
      if (now === seen) return;
      seen = now;
      listener();
    });
    this.#pollers.add(poller);
    const stop = poller.use();
    return () => {
      stop();
      this.#pollers.delete(poller);
    };
  }
}
