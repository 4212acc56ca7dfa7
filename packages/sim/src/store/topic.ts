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

/** @throws FtError FT_STORE_NO_TOPIC */
export function openTopic<T>(options: TopicOptions<T>): Topic<T> {
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
