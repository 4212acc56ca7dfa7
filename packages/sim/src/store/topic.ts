import { type Codec, storeErrors, type Topic } from '@ftctl/sdk';
import type { SimProcess } from '../process.ts';
import type { SimDisk } from './disk.ts';
import { decodeAll } from './handles.ts';

export interface TopicOptions<T> {
  /** The reader. */
  readonly process: SimProcess;
  readonly disk: SimDisk;
  /** The publisher. */
  readonly plugin: string;
  readonly log: string;
  readonly codec: Codec<T>;
}

/** How long opening waits for a publisher that runs to make the reader's cursor. */
const CURSOR_TIMEOUT_MS = 2_000;

/**
 * Opens a topic. Where its publisher runs, its cursor for this reader exists
 * when the promise resolves.
 *
 * @throws FtError FT_STORE_NO_TOPIC
 */
export async function openTopic<T>(options: TopicOptions<T>): Promise<Topic<T>> {
  const topic = makeTopic(options);
  const { process } = options;
  await process.promise<void>((resolve) => {
    process.schedule(CURSOR_TIMEOUT_MS, 'timer', () => resolve(undefined));
    topic.report(0).then(() => resolve(undefined));
  });
  return topic;
}

function makeTopic<T>(options: TopicOptions<T>): Topic<T> {
  const { process, disk, plugin, log, codec } = options;
  const file = () => {
    const found = disk.find(plugin);
    if (found?.state.log(log).topic !== true) throw storeErrors.NO_TOPIC({ plugin, log });
    return found;
  };
  file();
  const listeners = new Set<() => void>();
  const ring = () => {
    process.schedule(0, 'delivery', () => {
      for (const listener of [...listeners]) listener();
    });
  };
  const stopListening = disk.onFlush(plugin, ring);
  const close = () => {
    stopListening();
    listeners.clear();
  };
  process.onDeath(close);
  return {
    bounds: () => file().state.log(log).bounds(),
    read: (after, limits) => decodeAll(file().state.log(log).read(after, limits), codec),
    incarnation: () => file().incarnation,
    report: (upTo) => {
      if (!process.call()) return process.never();
      if (!Number.isSafeInteger(upTo) || upTo < 0) {
        const why = `${upTo} was reported as a position, which is no whole number from 0 on`;
        return Promise.reject(storeErrors.MISUSE({ why }));
      }
      return process.promise((resolve) => {
        file().report({ log, reader: process.plugin, upTo, done: () => resolve(undefined) });
      });
    },
    onAppend: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close,
  };
}
