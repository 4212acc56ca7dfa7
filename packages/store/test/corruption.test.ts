import { text } from '@ftctl/sdk';
import { expect, it, onTestFinished } from 'vitest';
import type { Operation } from '../src/env.ts';
import { blockKey, KIND, memberKey, nameKey } from '../src/keys.ts';
import { openStoreWith } from '../src/open-store.ts';
import type { StoreWriter } from '../src/store-writer.ts';
import { FakeProcesses } from './lmdb-harness.ts';
import { MemoryEnv } from './memory-env.ts';

const OPTIONS = { codec: text, limitBytes: 1000, overflow: 'refuse' } as const;

async function openOn(env: MemoryEnv): Promise<StoreWriter> {
  const processes = new FakeProcesses().start();
  const store = await openStoreWith(
    { path: '/nowhere/store/p', plugin: 'p', sockets: '/nowhere/s' },
    { openEnv: () => env, openExisting: () => env, processes },
  );
  onTestFinished(() => store.abandon());
  return store;
}

/** A store with three records in one block and two in another. */
async function written(): Promise<MemoryEnv> {
  const env = new MemoryEnv();
  const store = await openOn(env);
  const log = store.log('box', OPTIONS);
  await store.commit((tx) => {
    for (const value of ['a', 'b', 'c']) tx.append(log, value);
    tx.moveCursor(log, 'reader', 1);
  });
  await store.commit((tx) => {
    for (const value of ['d', 'e']) tx.append(log, value);
    tx.setMark(store.counters('marks'), 'origin', 5);
  });
  await store.close();
  return env;
}

function flipped(env: MemoryEnv, key: Uint8Array): Operation {
  const value = Buffer.from(env.snapshot().get(key) ?? []);
  value[value.length - 1] = (value.at(-1) ?? 0) ^ 1;
  return { key, value };
}

const block = (seq: number) => blockKey(nameKey(KIND.block, 'box'), seq);

it('names the log and exactly the records of a damaged block', async () => {
  const env = await written();
  await env.write([flipped(env, block(1))]);
  const store = await openOn(env);
  const log = store.log('box', OPTIONS);
  expect(() => log.read(0)).toThrow('log box, records 2 to 3 is damaged');
  expect(log.read(3).map(({ value }) => value)).toEqual(['d', 'e']);
});

it('reads up to a damaged block and names the rest', async () => {
  const env = await written();
  await env.write([flipped(env, block(4))]);
  const store = await openOn(env);
  const log = store.log('box', OPTIONS);
  expect(log.read(1).map(({ value }) => value)).toEqual(['b', 'c']);
  expect(() => log.read(3)).toThrow('log box, records 4 to 5 is damaged');
});

it('notices a block that is missing', async () => {
  const env = await written();
  await env.write([{ key: block(1) }]);
  const store = await openOn(env);
  expect(() => store.log('box', OPTIONS).read(0)).toThrow('records 2 to 3 is damaged');
});

it('refuses a log whose state is damaged', async () => {
  const env = await written();
  await env.write([flipped(env, nameKey(KIND.log, 'box'))]);
  const store = await openOn(env);
  expect(() => store.log('box', OPTIONS)).toThrow('the state of log box is damaged');
});

it('names a damaged cursor and a damaged counter', async () => {
  const env = await written();
  await env.write([
    flipped(env, memberKey(nameKey(KIND.cursor, 'box'), 'reader')),
    flipped(env, memberKey(nameKey(KIND.mark, 'marks'), 'origin')),
  ]);
  const store = await openOn(env);
  expect(() => store.log('box', OPTIONS)).toThrow('cursor reader of box is damaged');
  const marks = store.counters('marks');
  expect(() => marks.mark('origin')).toThrow('counter origin of marks is damaged');
  const commit = store.commit((tx) => tx.accept(marks, 'origin', 6));
  await expect(commit).rejects.toThrow('counter origin of marks is damaged');
});

it('goes on overwriting a log whose oldest block is damaged', async () => {
  const env = new MemoryEnv();
  const options = { codec: text, limitBytes: 10, overflow: 'overwrite' } as const;
  const first = await openOn(env);
  const log = first.log('box', options);
  await first.commit((tx) => {
    tx.append(log, 'aaaa');
    tx.append(log, 'bbbb');
  });
  await first.commit((tx) => tx.append(log, 'cc'));
  await first.close();
  await env.write([flipped(env, block(1))]);
  const store = await openOn(env);
  const again = store.log('box', options);
  await store.commit((tx) => tx.append(again, 'dd'));
  expect(again.read(0).map(({ value }) => value)).toEqual(['cc', 'dd']);
});
