import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { bytes } from '@ftctl/sdk';
import { openStore } from '@ftctl/store';
import type { Appender } from './append-shape.ts';

/** More than a run writes, so that no limit is met. */
const LIMIT_BYTES = 64 * 2 ** 30;

/** Our side: one log in a plugin's store, each batch one commit. */
export async function openStoreAppender(folder: string): Promise<Appender> {
  const sockets = join(folder, 's');
  await mkdir(sockets, { recursive: true, mode: 0o700 });
  const store = await openStore({ path: join(folder, 'store'), plugin: 'bench', sockets });
  const log = store.log('records', {
    codec: bytes,
    limitBytes: LIMIT_BYTES,
    overflow: 'refuse',
  });
  return {
    appendBatch: (records) =>
      store.commit((tx) => {
        for (const record of records) tx.append(log, record);
      }),
    close: () => store.close(),
  };
}
