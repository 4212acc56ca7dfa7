import { text } from '@ftctl/sdk';
import { expect, it, onTestFinished } from 'vitest';
import { endOfRange, KIND, nameKey } from '../src/keys.ts';
import { openStoreWith } from '../src/open-store.ts';
import type { ProcessTable } from '../src/process-identity.ts';
import { FakeProcesses } from './lmdb-harness.ts';
import { MemoryEnv } from './memory-env.ts';

const OPTIONS = { codec: text, limitBytes: 1_000_000_000, overflow: 'refuse' } as const;

function blocksIn(env: MemoryEnv): number {
  const from = nameKey(KIND.block, 'box');
  return env.snapshot().keys({ from, to: endOfRange(from) }, 1_000_000).length;
}

async function open(env: MemoryEnv) {
  const processes: ProcessTable = { ...new FakeProcesses().start(), isAlive: () => false };
  const options = { path: '/nowhere/store/p', plugin: 'p', sockets: '/nowhere/s' };
  const store = await openStoreWith(options, {
    openEnv: () => env,
    openExisting: () => env,
    processes,
  });
  onTestFinished(() => store.abandon());
  return { store, log: store.log('box', OPTIONS) };
}

it('removes blocks only when all of their records are trimmed', async () => {
  const env = new MemoryEnv();
  const { store, log } = await open(env);
  for (const values of [['a', 'b'], ['c', 'd'], ['e']]) {
    await store.commit((tx) => {
      for (const value of values) tx.append(log, value);
    });
  }
  expect(blocksIn(env)).toBe(3);
  await store.commit((tx) => tx.trim(log, 1));
  expect(blocksIn(env)).toBe(3);
  await store.commit((tx) => tx.trim(log, 3));
  expect(blocksIn(env)).toBe(2);
  await store.commit((tx) => {
    tx.trim(log, 4);
    tx.append(log, 'f');
  });
  expect(blocksIn(env)).toBe(2);
  await store.commit((tx) => tx.trim(log, 6));
  expect(blocksIn(env)).toBe(0);
  expect(log.bounds()).toEqual({ first: 7, last: 6, bytes: 0 });
});

it('writes no block whose records are trimmed before they reach the disk', async () => {
  const env = new MemoryEnv();
  const { store, log } = await open(env);
  await Promise.all([
    store.commit((tx) => tx.append(log, 'a')),
    store.commit((tx) => tx.trim(log, 1)),
  ]);
  expect(blocksIn(env)).toBe(0);
});

it('removes many blocks in bounded batches, also those that an earlier run left', async () => {
  const env = new MemoryEnv();
  const large = 'x'.repeat(40_000);
  const first = await open(env);
  const blocks = 4_100;
  const perCommit = 100;
  for (let done = 0; done < blocks; done += perCommit) {
    await first.store.commit((tx) => {
      for (let count = 0; count < perCommit; count += 1) tx.append(first.log, `${large}`);
    });
    // The values are of no interest here, and memory is.
    await env.write(shrunk(env));
  }
  expect(blocksIn(env)).toBe(blocks);
  await first.store.commit((tx) => tx.trim(first.log, blocks));
  expect(blocksIn(env)).toBe(blocks - 2_000);
  await first.store.abandon();

  const second = await open(env);
  await second.store.commit((tx) => tx.append(second.log, 'next'));
  await second.store.close();
  expect(blocksIn(env)).toBe(1);
});

function shrunk(env: MemoryEnv) {
  const from = nameKey(KIND.block, 'box');
  const keys = env.snapshot().keys({ from, to: endOfRange(from) }, 1_000_000);
  return keys.map((key) => ({ key, value: Buffer.of(0) }));
}
