import { dirname, join } from 'node:path';
import {
  type Codec,
  describeError,
  isFtError,
  type LogBounds,
  type LogEntry,
  type ReadLimits,
  type Seq,
  storeErrors,
  type Topic,
} from '@ftctl/sdk';
import { BellClient } from './doorbell/bell-client.ts';
import { isPluginId, SUBSCRIBE_TIMEOUT_MS } from './doorbell/protocol.ts';
import { doorbellPath } from './doorbell/socket-path.ts';
import { decodeEntries } from './handles.ts';
import { POLL_INTERVAL_MS, POLL_WITH_BELL_INTERVAL_MS } from './limits.ts';
import { Listeners } from './listeners.ts';
import { boundsOf } from './log-state.ts';
import { Poller } from './poller.ts';
import { ReadOnlyEnv } from './read-only-env.ts';
import { Reports } from './reports.ts';

export interface TopicOptions<T> {
  /** Folder of the reader's own environment; the publisher's lies beside it. */
  readonly storePath: string;
  readonly sockets: string;
  readonly publisher: string;
  readonly log: string;
  readonly codec: Codec<T>;
  /** Id of the plugin that reads. */
  readonly reader: string;
  readonly onClosed: (topic: TopicReader<T>) => void;
}

/**
 * Opens another plugin's published log. Where that plugin runs, its cursor for
 * this reader exists when the promise resolves.
 *
 * @throws FtError FT_STORE_NO_TOPIC, FT_STORE_CORRUPT, FT_STORE_NEWER
 */
export async function openTopic<T>(options: TopicOptions<T>): Promise<TopicReader<T>> {
  const { storePath, publisher, log } = options;
  const missing = (cause?: unknown) => storeErrors.NO_TOPIC({ plugin: publisher, log }, cause);
  if (!isPluginId(publisher)) throw missing();
  const env = openPublisher(join(dirname(storePath), publisher), missing);
  if (env.read((view) => view.logState(log)?.topic) !== true) {
    env.close();
    throw missing();
  }
  const topic = new TopicReader(options, env);
  await topic.subscribed();
  return topic;
}

function openPublisher(path: string, missing: (cause: unknown) => Error): ReadOnlyEnv {
  try {
    return new ReadOnlyEnv(path);
  } catch (error) {
    throw isFtError(error, 'FT_STORE_FAILED') ? missing(error) : error;
  }
}

export class TopicReader<T> implements Topic<T> {
  readonly #options: TopicOptions<T>;
  readonly #env: ReadOnlyEnv;
  readonly #bell: BellClient;
  readonly #listeners = new Listeners();
  readonly #poller: Poller;
  readonly #reports: Reports;
  readonly #firstTry: Promise<void>;
  /** Incarnation and last record when listeners were last called. */
  #seen: string;

  constructor(options: TopicOptions<T>, env: ReadOnlyEnv) {
    this.#options = options;
    this.#env = env;
    this.#seen = this.#newest();
    const { log, publisher, reader, sockets } = options;
    let tried: () => void = () => undefined;
    this.#firstTry = new Promise((resolve) => {
      tried = resolve;
    });
    this.#reports = new Reports((upTo) => this.#bell.report(upTo));
    this.#bell = new BellClient(
      doorbellPath(sockets, publisher),
      () => ({ plugin: reader, log, incarnation: this.#history() }),
      {
        onRing: () => {
          tried();
          this.#look();
        },
        onKept: (upTo) => this.#reports.kept(upTo),
        onMissed: tried,
      },
    );
    this.#poller = new Poller(
      () => this.#look(),
      () => (this.#bell.subscribed ? POLL_WITH_BELL_INTERVAL_MS : POLL_INTERVAL_MS),
    );
  }

  /** Resolves when the publisher has taken the subscription, or seems not to be there. */
  async subscribed(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, SUBSCRIBE_TIMEOUT_MS);
    });
    await Promise.race([this.#firstTry, timeout]);
    clearTimeout(timer);
  }

  bounds(): LogBounds {
    const { log, publisher } = this.#options;
    return this.#env.read((view) => {
      const state = view.logState(log);
      if (state === undefined) throw storeErrors.NO_TOPIC({ plugin: publisher, log });
      return boundsOf(state);
    });
  }

  read(after: Seq, limits?: ReadLimits): readonly LogEntry<T>[] {
    const { log, codec } = this.#options;
    return decodeEntries(
      this.#env.read((view) => view.records(log, after, limits)),
      codec,
    );
  }

  incarnation(): string {
    return this.#env.meta().incarnation;
  }

  report(upTo: Seq): Promise<void> {
    if (!Number.isSafeInteger(upTo) || upTo < 0) {
      const why = `${upTo} was reported as a position, which is no whole number from 0 on`;
      return Promise.reject(storeErrors.MISUSE({ why }));
    }
    return this.#reports.add(upTo);
  }

  onAppend(listener: () => void): () => void {
    const { log } = this.#options;
    const stopPolling = this.#poller.use();
    const stopListening = this.#listeners.add(log, listener);
    return () => {
      stopPolling();
      stopListening();
    };
  }

  close(): void {
    this.#poller.stop();
    this.#bell.close();
    this.#reports.end();
    this.#env.close();
    this.#options.onClosed(this);
  }

  /** For the greeting; a publisher refuses the empty one, and is greeted again later. */
  #history(): string {
    try {
      return this.incarnation();
    } catch {
      return ''; // being replaced, or damaged, which the next read tells
    }
  }

  #look(): void {
    this.#env.follow().then(
      (replaced) => {
        if (replaced) this.#startAgain();
        this.#notice();
      },
      // A store that is being replaced cannot be opened for a moment: the next look may.
      () => undefined,
    );
  }

  #startAgain(): void {
    this.#reports.startAgain();
    this.#bell.startAgain();
  }

  #notice(): void {
    if (this.#env.closed) return;
    const newest = this.#newest();
    if (newest === this.#seen) return;
    this.#seen = newest;
    this.#listeners.call(this.#options.log);
  }

  /** Trouble counts as news: who reads then is told of it. */
  #newest(): string {
    try {
      return `${this.incarnation()}/${this.bounds().last}`;
    } catch (error) {
      return describeError(error);
    }
  }
}
