import { fork } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { bytes } from '@ftctl/sdk';
import { expect, it, onTestFinished } from 'vitest';
import { dataFile } from '../src/env-lmdb.ts';
import { LMDB, openStoreWith } from '../src/open-store.ts';
import { systemProcesses } from '../src/process-identity.ts';
import { makeHome } from './lmdb-harness.ts';

const MIB = 1024 * 1024;
const HELD_BYTES = MIB;

it('a reader that was killed while it read does not make the file grow for good', async () => {
  const home = makeHome();
  onTestFinished(() => home.remove());
  const path = home.store('p');
  const store = await openStoreWith(
    { path, plugin: 'p', sockets: home.sockets },
    { ...LMDB, processes: systemProcesses(), readerCheckIntervalMs: 100 },
  );
  onTestFinished(() => store.close());
  const log = store.log('box', { codec: bytes, limitBytes: HELD_BYTES, overflow: 'overwrite' });
  const record = new Uint8Array(32 * 1024);
  /** Writes that many times what the log holds. */
  const write = async (rounds: number) => {
    for (let done = 0; done < rounds * HELD_BYTES; done += 8 * record.length) {
      await store.commit((tx) => {
        for (let count = 0; count < 8; count += 1) tx.append(log, record);
      });
    }
    return statSync(dataFile(path)).size;
  };
  const usual = await write(10);

  const child = fork(join(import.meta.dirname, 'children/stale-reader.mjs'), [path], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  await once(child, 'message');
  expect((await store.inspect()).readers).toBeGreaterThan(1);
  const held = await write(10);
  expect(held).toBeGreaterThan(usual + 5 * MIB);

  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
  await new Promise((resolve) => setTimeout(resolve, 300));
  const after = await write(10);
  expect(await write(10)).toBe(after);
  expect(after).toBeLessThan(held + 2 * MIB);
});
