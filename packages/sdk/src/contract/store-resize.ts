import { type ContractCase, ensureEqual } from './case.ts';
import type { StoreHarness } from './store-harness.ts';
import { append, ensureRejected, tenBytes, values } from './store-tools.ts';

/** Other limits for a log that is in use. */
export const resizeCases: readonly ContractCase<StoreHarness>[] = [
  {
    requirement: 'resize: a larger log takes more at once, in the same commit already',
    async run(harness) {
      const { store } = await harness.open();
      const log = store.log('box', { ...tenBytes('refuse'), limitRecords: 2 });
      await append(store, log, 'aaaaa', 'bbbbb');
      await store.commit((tx) => {
        tx.resize(log, { limitBytes: 15 });
        tx.append(log, 'ccccc');
      });
      await ensureRejected(append(store, log, 'd'), 'FT_STORE_LOG_FULL', 'the sixteenth byte');
      ensureEqual(values(log.read(0)), ['aaaaa', 'bbbbb', 'ccccc'], 'the records');
    },
  },
  {
    requirement: 'resize: the new limits outlast a restart, and an orderly end as well as a crash',
    async run(harness) {
      const first = await harness.open();
      const log = first.store.log('box', tenBytes('refuse'));
      await first.store.commit((tx) => tx.resize(log, { limitBytes: 4, limitRecords: 3 }));
      await first.close();

      const second = await harness.open();
      const again = second.store.log('box', tenBytes('refuse'));
      const [seen] = (await second.store.inspect()).logs;
      ensureEqual(seen?.limits, { limitBytes: 4, limitRecords: 3 }, 'the limits that it shows');
      await ensureRejected(
        append(second.store, again, 'aaaaa'),
        'FT_STORE_TOO_LARGE',
        'five bytes',
      );
      await append(second.store, again, 'a', 'b', 'c');
      await ensureRejected(append(second.store, again, 'd'), 'FT_STORE_LOG_FULL', 'a fourth');
      await second.store.commit((tx) => tx.resize(again, { limitBytes: 5 }));
      await second.crash();

      const third = await harness.open();
      const last = third.store.log('box', tenBytes('refuse'));
      await append(third.store, last, 'd', 'e');
      await ensureRejected(append(third.store, last, 'f'), 'FT_STORE_LOG_FULL', 'the sixth byte');
    },
  },
  {
    requirement: 'other limits in the code count for a log that was never resized',
    async run(harness) {
      const first = await harness.open();
      const log = first.store.log('box', tenBytes('refuse'));
      await append(first.store, log, 'aaaaaaaaaa');
      await first.close();
      const second = await harness.open();
      const again = second.store.log('box', { ...tenBytes('refuse'), limitBytes: 11 });
      await append(second.store, again, 'b');
      ensureEqual(again.bounds().bytes, 11, 'bytes held');
    },
  },
  {
    requirement: 'resize below what is held, refuse: all is kept until readers have made room',
    async run(harness) {
      const { store } = await harness.open();
      const log = store.log('box', tenBytes('refuse'));
      await append(store, log, 'aaa', 'bbb', 'ccc');
      await store.commit((tx) => tx.resize(log, { limitBytes: 5 }));
      ensureEqual(values(log.read(0)), ['aaa', 'bbb', 'ccc'], 'nothing is dropped');
      await ensureRejected(append(store, log, 'd'), 'FT_STORE_LOG_FULL', 'an append');
      await store.commit((tx) => tx.moveCursor(log, 'reader', 2));
      await append(store, log, 'dd');
      ensureEqual(values(log.read(0)), ['ccc', 'dd'], 'after a reader has moved');
    },
  },
  {
    requirement: 'resize below what is held, overwrite: the oldest go at once',
    async run(harness) {
      const { store } = await harness.open();
      const log = store.log('box', tenBytes('overwrite'));
      await append(store, log, 'aaa', 'bbb', 'ccc');
      await store.commit((tx) => {
        tx.moveCursor(log, 'reader', 0);
        tx.resize(log, { limitBytes: 7 });
        ensureEqual(tx.bounds(log), { first: 2, last: 3, bytes: 6 }, 'bounds in the commit');
      });
      await store.commit((tx) => tx.resize(log, { limitBytes: 10, limitRecords: 1 }));
      ensureEqual(log.bounds(), { first: 3, last: 3, bytes: 3 }, 'the limit of records counts');
      ensureEqual(log.position('reader'), 2, 'the cursor stands where records still are');
    },
  },
  {
    requirement: 'resize below what is held, drop-cursor: those that lag most go at once',
    async run(harness) {
      const { store } = await harness.open();
      const log = store.log('box', tenBytes('drop-cursor'));
      await append(store, log, 'aaa', 'bbb', 'ccc');
      await store.commit((tx) => {
        tx.moveCursor(log, 'lost', 0);
        tx.moveCursor(log, 'slow', 1);
        tx.moveCursor(log, 'fast', 2);
      });
      await store.commit((tx) => tx.resize(log, { limitBytes: 6 }));
      ensureEqual(log.cursors(), { fast: 2, slow: 1 }, 'the cursors');
      ensureEqual(values(log.read(0)), ['bbb', 'ccc'], 'what they still need');
    },
  },
  {
    requirement: 'a resize is taken back with its commit',
    async run(harness) {
      const subject = await harness.open();
      const { store } = subject;
      const log = store.log('box', tenBytes('overwrite'));
      await append(store, log, 'aaaaa', 'bbbbb');
      const broken = store.commit((tx) => {
        tx.resize(log, { limitBytes: 5 });
        throw new Error('taken back');
      });
      await broken.catch(() => undefined);
      await append(store, log, 'ccccc');
      ensureEqual(values(log.read(0)), ['bbbbb', 'ccccc'], 'when apply throws');

      subject.fillDisk();
      const lost = store.commit((tx) => tx.resize(log, { limitBytes: 5 }));
      await ensureRejected(lost, 'FT_STORE_DISK_FULL', 'a resize on a full disk');
      subject.freeDisk();
      await append(store, log, 'ddddd');
      ensureEqual(values(log.read(0)), ['ccccc', 'ddddd'], 'when its flush fails');
    },
  },
  {
    requirement: 'limits that are no whole numbers from 1 on are refused',
    async run(harness) {
      const { store } = await harness.open();
      const log = store.log('box', tenBytes('refuse'));
      for (const limit of [0, -1, 1.5, Number.NaN]) {
        for (const limits of [{ limitBytes: limit }, { limitBytes: 5, limitRecords: limit }]) {
          const commit = store.commit((tx) => tx.resize(log, limits));
          await ensureRejected(commit, 'FT_STORE_MISUSE', `the limit ${limit}`);
        }
      }
    },
  },
];
