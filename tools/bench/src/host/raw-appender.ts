import { join } from 'node:path';
import { open } from 'lmdb';
import type { Appender } from './append-shape.ts';

/**
 * The peer: lmdb as its manual shows it, asynchronous puts that it batches by
 * itself, each resolved once flushed (`overlappingSync: false`, as in the store,
 * because nothing may be seen before it is on disk).
 */
export function openRaw(folder: string): Appender {
  const root = open({ path: join(folder, 'data.mdb'), overlappingSync: false, maxDbs: 4 });
  const records = root.openDB<Buffer, number>({
    name: 'records',
    encoding: 'binary',
    keyEncoding: 'uint32',
  });
  let next = 1;
  return {
    async appendBatch(batch) {
      const puts = batch.map((record) => records.put(next++, Buffer.from(record.buffer)));
      await Promise.all(puts);
    },
    close: () => root.close(),
  };
}
