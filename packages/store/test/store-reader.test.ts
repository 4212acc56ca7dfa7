import { text } from '@ftctl/sdk';
import { expect, it, onTestFinished } from 'vitest';
import { openStoreReader } from '../src/index.ts';
import { LmdbHarness } from './lmdb-harness.ts';

const OPTIONS = { codec: text, limitBytes: 1000, overflow: 'refuse' } as const;

async function opened() {
  const harness = new LmdbHarness();
  onTestFinished(() => harness.dispose());
  const subject = await harness.open();
  const { store } = subject;
  const log = store.log('box', OPTIONS);
  await store.commit((tx) => {
    tx.append(log, 'a');
    tx.moveCursor(log, 'reader', 0);
    tx.put(store.table('t', text), 'k', 'v');
    tx.setMark(store.counters('c'), 'o', 4);
  });
  return { harness, subject, store, log, path: harness.home.store('subject') };
}

it('reads all that is on disk, beside the writer and without it', async () => {
  const { subject, store, path } = await opened();
  const look = () => {
    const reader = openStoreReader({ path });
    try {
      const log = reader.log('box', OPTIONS);
      return {
        incarnation: reader.incarnation,
        bounds: log.bounds(),
        records: log.read(0),
        position: log.position('reader'),
        cursors: log.cursors(),
        entries: reader.table('t', text).entries(),
        marks: reader.counters('c').marks(),
        missing: reader.log('other', OPTIONS).bounds(),
      };
    } finally {
      reader.close();
    }
  };
  const expected = {
    incarnation: store.incarnation,
    bounds: { first: 1, last: 1, bytes: 1 },
    records: [{ seq: 1, value: 'a' }],
    position: 0,
    cursors: { reader: 0 },
    entries: [['k', 'v']],
    marks: { o: 4 },
    missing: { first: 1, last: 0, bytes: 0 },
  };
  expect(look()).toEqual(expected);
  await subject.close();
  expect(look()).toEqual(expected);
});

it('sees a change when it is on disk and not before, and tells of it', async () => {
  const { subject, store, log, path } = await opened();
  const reader = openStoreReader({ path });
  onTestFinished(() => reader.close());
  const seen = reader.log('box', OPTIONS);
  const told = new Promise<void>((resolve) => {
    const stop = seen.onAppend(() => {
      stop();
      resolve();
    });
  });
  subject.holdFlushes();
  const commit = store.commit((tx) => tx.append(log, 'b'));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(seen.bounds().last).toBe(1);
  subject.releaseFlushes();
  await commit;
  expect(seen.read(1)).toEqual([{ seq: 2, value: 'b' }]);
  await told;
});

it('says that there is no store, and does not make one', async () => {
  const { harness } = await opened();
  const path = harness.home.store('never-started');
  for (const _ of [1, 2]) {
    expect(() => openStoreReader({ path })).toThrow(/could not be opened: it does not exist/);
  }
});

it('refuses reads after it was closed', async () => {
  const { path } = await opened();
  const reader = openStoreReader({ path });
  const table = reader.table('t', text);
  reader.close();
  reader.close();
  expect(() => table.get('k')).toThrow('the store is closed');
});
