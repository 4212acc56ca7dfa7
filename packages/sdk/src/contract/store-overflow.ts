import { type ContractCase, ensureEqual } from './case.ts';
import type { StoreHarness } from './store-harness.ts';
import { append, ensureRejected, ensureThrows, ROOMY, tenBytes, values } from './store-tools.ts';

/** What an append does when its log is full. */
export const overflowCases: readonly ContractCase<StoreHarness>[] = [
  {
    requirement: 'refuse: an append to a full log throws in the commit, and nothing is lost',
    async run(harness) {
      const { store } = await harness.open();
      const log = store.log('box', tenBytes('refuse'));
      await append(store, log, 'aaaaa', 'bbbbb');
      await ensureRejected(append(store, log, 'c'), 'FT_STORE_LOG_FULL', 'the eleventh byte');
      await store.commit((tx) => {
        ensureThrows(() => tx.append(log, 'd'), 'FT_STORE_LOG_FULL', 'append in a commit');
        tx.trim(log, 1);
        tx.append(log, 'eeeee');
      });
      ensureEqual(values(log.read(0)), ['bbbbb', 'eeeee'], 'a commit that made room first');
    },
  },
  {
    requirement: 'refuse: the limit of records counts as well',
    async run(harness) {
      const { store } = await harness.open();
      const log = store.log('box', { ...ROOMY, limitRecords: 2 });
      await append(store, log, 'a', 'b');
      await ensureRejected(append(store, log, 'c'), 'FT_STORE_LOG_FULL', 'the third record');
      ensureEqual(values(log.read(0)), ['a', 'b'], 'the records');
    },
  },
  {
    requirement: 'overwrite: the oldest records go, just as many as are needed',
    async run(harness) {
      const { store } = await harness.open();
      const log = store.log('box', tenBytes('overwrite'));
      await append(store, log, 'aaa', 'bbb');
      await store.commit((tx) => tx.moveCursor(log, 'reader', 0));
      await append(store, log, 'ccc', 'dd');
      ensureEqual(values(log.read(0)), ['bbb', 'ccc', 'dd'], 'what is left');
      ensureEqual(log.bounds(), { first: 2, last: 4, bytes: 8 }, 'the bounds');
      ensureEqual(log.position('reader'), 1, 'the cursor was moved to where records still are');
      await append(store, log, 'eeeeeeeeee');
      ensureEqual(values(log.read(0)), ['eeeeeeeeee'], 'a record as large as the log');
      await append(store, log, 'f', 'g', 'h', 'i', 'jjjjjjj', 'kkk');
      ensureEqual(values(log.read(0)), ['jjjjjjj', 'kkk'], 'several at once');
    },
  },
  {
    requirement: 'overwrite: the limit of records counts as well',
    async run(harness) {
      const { store } = await harness.open();
      const log = store.log('box', { ...ROOMY, limitRecords: 3, overflow: 'overwrite' });
      for (const value of ['a', 'b', 'c', 'd', 'e']) await append(store, log, value);
      ensureEqual(
        log.read(0),
        [
          { seq: 3, value: 'c' },
          { seq: 4, value: 'd' },
          { seq: 5, value: 'e' },
        ],
        'the newest three',
      );
    },
  },
  {
    requirement: 'drop-cursor: the cursor that lags most goes, and no more than are needed',
    async run(harness) {
      const { store } = await harness.open();
      const log = store.log('box', tenBytes('drop-cursor'));
      await append(store, log, 'aaa', 'bbb', 'ccc');
      await store.commit((tx) => {
        tx.moveCursor(log, 'lost', 0);
        tx.moveCursor(log, 'slow', 1);
        tx.moveCursor(log, 'fast', 3);
      });
      await append(store, log, 'ddd');
      ensureEqual(log.cursors(), { fast: 3, slow: 1 }, 'the cursors');
      ensureEqual(values(log.read(0)), ['bbb', 'ccc', 'ddd'], 'what the others still need');
    },
  },
  {
    requirement: 'drop-cursor: without cursors the oldest records go',
    async run(harness) {
      const { store } = await harness.open();
      const log = store.log('box', tenBytes('drop-cursor'));
      await append(store, log, 'aaaa', 'bbbb');
      await store.commit((tx) => tx.moveCursor(log, 'only', 0));
      await append(store, log, 'cccc');
      ensureEqual(log.cursors(), {}, 'the only cursor was dropped');
      ensureEqual(values(log.read(0)), ['bbbb', 'cccc'], 'what is left');
    },
  },
  {
    requirement: 'a record larger than its log is refused under every policy',
    async run(harness) {
      const { store } = await harness.open();
      for (const overflow of ['refuse', 'overwrite', 'drop-cursor'] as const) {
        const log = store.log(`box-${overflow}`, tenBytes(overflow));
        await append(store, log, 'kept');
        await ensureRejected(
          append(store, log, 'x'.repeat(11)),
          'FT_STORE_TOO_LARGE',
          `eleven bytes with ${overflow}`,
        );
        ensureEqual(values(log.read(0)), ['kept'], `what is left with ${overflow}`);
      }
    },
  },
  {
    requirement: 'what an overflow dropped comes back when its commit is taken back',
    async run(harness) {
      const { store } = await harness.open();
      const log = store.log('box', tenBytes('overwrite'));
      await append(store, log, 'aaaaa', 'bbbbb');
      const broken = store.commit((tx) => {
        tx.append(log, 'ccccc');
        throw new Error('taken back');
      });
      await broken.catch(() => undefined);
      await append(store, log, 'ddddd');
      ensureEqual(values(log.read(0)), ['bbbbb', 'ddddd'], 'only one record was dropped');
    },
  },
];
