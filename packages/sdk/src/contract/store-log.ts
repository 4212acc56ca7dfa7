import { text } from '../codec.ts';
import { type ContractCase, ensure, ensureEqual } from './case.ts';
import type { StoreHarness } from './store-harness.ts';
import { append, ensureRejected, ensureThrows, ROOMY, values } from './store-tools.ts';

/** Records, numbers, cursors and trimming. */
export const logCases: readonly ContractCase<StoreHarness>[] = [
  {
    requirement: 'records are numbered from 1 and read in order within limits',
    async run(harness) {
      const { store } = await harness.open();
      const log = store.log('box', ROOMY);
      ensureEqual(log.bounds(), { first: 1, last: 0, bytes: 0 }, 'bounds of an empty log');
      ensureEqual(log.read(0), [], 'an empty log');
      await append(store, log, 'one', 'two', 'three');
      await append(store, log, 'four');
      ensureEqual(log.bounds(), { first: 1, last: 4, bytes: 15 }, 'bounds count encoded bytes');
      ensureEqual(
        log.read(1, { maxRecords: 2 }),
        [
          { seq: 2, value: 'two' },
          { seq: 3, value: 'three' },
        ],
        'two records after 1',
      );
      ensureEqual(values(log.read(0, { maxBytes: 6 })), ['one', 'two'], 'six bytes');
      ensureEqual(values(log.read(2, { maxBytes: 1 })), ['three'], 'at least one record');
      ensureEqual(log.read(4), [], 'after the last');
      ensureEqual(log.read(99), [], 'far after the last');
      const encoded = log.readEncoded(3);
      ensureEqual(
        encoded.map((entry) => [entry.seq, text.decode(entry.value)]),
        [[4, 'four']],
        'readEncoded',
      );
      const seq = await store.commit((tx) => tx.appendEncoded(log, text.encode('five')));
      ensureEqual(log.read(4), [{ seq, value: 'five' }], 'appendEncoded');
    },
  },
  {
    requirement: 'the same name gives the same handle, other options for it are refused',
    async run(harness) {
      const { store } = await harness.open();
      const log = store.log('box', ROOMY);
      ensure(store.log('box', { ...ROOMY }) === log, 'the same handle');
      ensureThrows(
        () => store.log('box', { ...ROOMY, limitBytes: 5 }),
        'FT_STORE_MISUSE',
        'another limit',
      );
    },
  },
  {
    requirement: 'a record is held until every cursor has moved past it',
    async run(harness) {
      const { store } = await harness.open();
      const log = store.log('box', ROOMY);
      await append(store, log, 'a', 'b', 'c');
      ensureEqual(log.bounds().first, 1, 'without cursors everything is held');
      await store.commit((tx) => {
        tx.moveCursor(log, 'slow', 0);
        tx.moveCursor(log, 'fast', 3);
      });
      ensureEqual(log.bounds().first, 1, 'the slow reader holds all');
      await store.commit((tx) => tx.moveCursor(log, 'slow', 2));
      ensureEqual(log.bounds(), { first: 3, last: 3, bytes: 1 }, 'after the slow reader moved');
      await store.commit((tx) => tx.moveCursor(log, 'slow', 1));
      ensureEqual(log.cursors(), { fast: 3, slow: 2 }, 'a cursor never moves back');
      await store.commit((tx) => tx.dropCursor(log, 'slow'));
      ensureEqual(log.bounds(), { first: 4, last: 3, bytes: 0 }, 'the fast reader is left');
      ensureEqual(log.position('slow'), undefined, 'the dropped cursor');
      ensureEqual(values(log.read(0)), [], 'nothing is left to read');
    },
  },
  {
    requirement: 'a cursor cannot be moved beyond the last record, nor created before the first',
    async run(harness) {
      const { store } = await harness.open();
      const log = store.log('box', ROOMY);
      await append(store, log, 'a', 'b', 'c');
      await ensureRejected(
        store.commit((tx) => tx.moveCursor(log, 'reader', 4)),
        'FT_STORE_MISUSE',
        'a position that nothing has',
      );
      await store.commit((tx) => {
        tx.trim(log, 2);
        tx.moveCursor(log, 'late', 0);
        ensureEqual(tx.position(log, 'late'), 2, 'position inside the commit');
      });
      ensureEqual(log.position('late'), 2, 'it starts where records still are');
    },
  },
  {
    requirement: 'trim drops exactly the records up to a position and moves cursors behind it',
    async run(harness) {
      const { store } = await harness.open();
      const log = store.log('box', ROOMY);
      await append(store, log, 'a', 'b', 'c', 'd');
      await store.commit((tx) => tx.moveCursor(log, 'reader', 0));
      await store.commit((tx) => {
        tx.trim(log, 2);
        ensureEqual(tx.bounds(log), { first: 3, last: 4, bytes: 2 }, 'bounds in the commit');
      });
      ensureEqual(values(log.read(0)), ['c', 'd'], 'what is left');
      ensureEqual(log.position('reader'), 2, 'the cursor behind it');
      await store.commit((tx) => tx.trim(log, 99));
      ensureEqual(log.bounds(), { first: 5, last: 4, bytes: 0 }, 'trimming beyond the end');
    },
  },
  {
    requirement: 'numbers never go back, also when the log was trimmed empty and opened again',
    async run(harness) {
      const first = await harness.open();
      const log = first.store.log('box', ROOMY);
      await append(first.store, log, 'a', 'b', 'c');
      await first.store.commit((tx) => tx.trim(log, 3));
      await first.close();

      const second = await harness.open();
      const again = second.store.log('box', ROOMY);
      ensureEqual(again.bounds(), { first: 4, last: 3, bytes: 0 }, 'bounds after closing');
      ensureEqual(await second.store.commit((tx) => tx.append(again, 'd')), 4, 'the next number');
      await second.store.commit((tx) => tx.trim(again, 4));
      await second.crash();

      const third = await harness.open();
      const last = third.store.log('box', ROOMY);
      ensureEqual(await third.store.commit((tx) => tx.append(last, 'e')), 5, 'after a crash');
      ensureEqual(last.read(0), [{ seq: 5, value: 'e' }], 'the record after a crash');
    },
  },
  {
    requirement: 'appending and trimming in one commit leaves what was not trimmed',
    async run(harness) {
      const { store } = await harness.open();
      const log = store.log('box', ROOMY);
      await store.commit((tx) => {
        for (const value of ['a', 'b', 'c', 'd']) tx.append(log, value);
        tx.trim(log, 1);
        tx.append(log, 'e');
        tx.trim(log, 3);
      });
      ensureEqual(values(log.read(0)), ['d', 'e'], 'the records');
      ensureEqual(log.bounds(), { first: 4, last: 5, bytes: 2 }, 'the bounds');
    },
  },
  {
    requirement: 'onAppend is called after each flush that added records, until stopped',
    async run(harness) {
      const { store } = await harness.open();
      const log = store.log('box', ROOMY);
      const quiet = store.log('quiet', ROOMY);
      let calls = 0;
      let seen = 0;
      const stop = log.onAppend(() => {
        calls += 1;
        seen = log.bounds().last;
      });
      await append(store, log, 'a');
      ensureEqual([calls, seen], [1, 1], 'called once, when the record is readable');
      await append(store, quiet, 'elsewhere');
      await store.commit((tx) => tx.moveCursor(log, 'reader', 1));
      ensureEqual(calls, 1, 'not called for other logs and for cursors');
      stop();
      await append(store, log, 'b');
      ensureEqual(calls, 1, 'not called any more');
    },
  },
];
