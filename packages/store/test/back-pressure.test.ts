import { bytes } from '@ftctl/sdk';
import { expect, it, onTestFinished } from 'vitest';
import { LmdbHarness } from './lmdb-harness.ts';

const KIB = 1024;
const RECORD_BYTES = 16 * KIB;
const SOFT_BYTES = 256 * KIB;

async function opened() {
  const harness = new LmdbHarness();
  onTestFinished(() => harness.dispose());
  const limits = { softPendingBytes: SOFT_BYTES, pendingBytes: 4 * SOFT_BYTES };
  const { store } = await harness.open({ limits });
  const log = store.log('box', { codec: bytes, limitBytes: 50_000_000, overflow: 'overwrite' });
  const record = new Uint8Array(RECORD_BYTES);
  const env = harness.envs.get('subject');
  if (env === undefined) throw new Error('no environment was opened');
  return { store, env, append: () => store.commit((tx) => tx.append(log, record)) };
}

it('keeps a producer at full speed on a slow disk within the soft limit, and never idle', async () => {
  const { store, env, append } = await opened();
  env.delayMs = 20;
  const waiting: Promise<unknown>[] = [];
  let most = 0;
  for (let count = 0; count < 300; count += 1) {
    await store.drained();
    waiting.push(append());
    if (count % 10 === 0) most = Math.max(most, (await store.inspect()).pendingBytes);
  }
  await Promise.all(waiting);
  const oneCommit = RECORD_BYTES + KIB;
  expect(most).toBeLessThan(SOFT_BYTES + oneCommit);
  // Whole batches wait while the disk works: it gets few and large writes.
  expect(env.writes).toBeLessThan(60);
});

it('lets a producer that does not wait run into the hard limit, and on when there is room', async () => {
  const { store, env, append } = await opened();
  env.hold();
  const outcomes = Array.from({ length: 100 }, () =>
    append().then(
      () => 'kept',
      (error) => error.code,
    ),
  );
  const { pendingBytes } = await store.inspect();
  expect(pendingBytes).toBeLessThanOrEqual(4 * SOFT_BYTES);
  env.letGo();
  const kept = (await Promise.all(outcomes)).filter((outcome) => outcome === 'kept').length;
  expect((await Promise.all(outcomes)).toSorted()).toEqual([
    ...Array<string>(100 - kept).fill('FT_STORE_BUSY'),
    ...Array<string>(kept).fill('kept'),
  ]);
  expect(kept).toBeGreaterThan(50);
  await append();
});
