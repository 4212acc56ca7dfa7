import { json } from '../codec.ts';
import { type ContractCase, ensureEqual } from './case.ts';
import type { StoreHarness } from './store-harness.ts';
import { ensureRejected } from './store-tools.ts';

const numbers = json<number>('number', (value) => {
  if (typeof value !== 'number') throw new Error('not a number');
  return value;
});

/** Counters and tables. */
export const stateCases: readonly ContractCase<StoreHarness>[] = [
  {
    requirement: 'a record is accepted, dropped or asked for again by its id, prev and the mark',
    async run(harness) {
      const { store } = await harness.open();
      const marks = store.counters('marks');
      ensureEqual(marks.mark('a'), 0, 'the mark of an origin never seen');
      const outcomes = await store.commit((tx) => [
        tx.accept(marks, 'a', 1),
        tx.accept(marks, 'a', 1),
        tx.accept(marks, 'a', 3),
        tx.accept(marks, 'a', 7, 1),
        tx.accept(marks, 'a', 6, 5),
        tx.accept(marks, 'a', 11, 10),
        tx.accept(marks, 'a', 9, 4),
        tx.accept(marks, 'b', 1),
      ]);
      ensureEqual(
        outcomes,
        ['accept', 'duplicate', 'gap', 'accept', 'duplicate', 'gap', 'accept', 'accept'],
        'the outcomes in order',
      );
      ensureEqual(marks.marks(), { a: 9, b: 1 }, 'the marks');
      await store.commit((tx) => tx.setMark(marks, 'a', 2));
      ensureEqual(marks.mark('a'), 2, 'setMark sets also a lower mark');
    },
  },
  {
    requirement: 'sets of counters, tables and logs of the same name do not mix',
    async run(harness) {
      const { store } = await harness.open();
      const one = store.counters('one');
      const table = store.table('one', numbers);
      await store.commit((tx) => {
        tx.setMark(one, 'k', 1);
        tx.setMark(store.counters('on'), 'ek', 2);
        tx.put(table, 'k', 3);
        tx.put(store.table('on', numbers), 'ek', 4);
      });
      ensureEqual(one.marks(), { k: 1 }, 'the marks of one');
      ensureEqual(table.entries(), [['k', 3]], 'the entries of one');
      ensureEqual(store.table('on', numbers).entries(), [['ek', 4]], 'the entries of on');
    },
  },
  {
    requirement: 'ids and marks that are no whole numbers from 0 on are refused',
    async run(harness) {
      const { store } = await harness.open();
      const marks = store.counters('marks');
      for (const id of [-1, 1.5, Number.NaN, 2 ** 53]) {
        const commit = store.commit((tx) => tx.setMark(marks, 'a', id));
        await ensureRejected(commit, 'FT_STORE_MISUSE', `mark ${id}`);
      }
    },
  },
  {
    requirement: 'a table lists its entries by key, within a range',
    async run(harness) {
      const { store } = await harness.open();
      const table = store.table('state', numbers);
      await store.commit((tx) => {
        const keys = ['b', 'a/2', 'a/10', '', 'z', 'a', 'a/1'];
        for (const [index, key] of keys.entries()) tx.put(table, key, index);
      });
      const keys = (range?: Parameters<typeof table.entries>[0]) =>
        table.entries(range).map(([key]) => key);
      ensureEqual(keys(), ['', 'a', 'a/1', 'a/10', 'a/2', 'b', 'z'], 'all');
      ensureEqual(keys({ prefix: 'a/' }), ['a/1', 'a/10', 'a/2'], 'by prefix');
      ensureEqual(keys({ prefix: 'a/', after: 'a/1' }), ['a/10', 'a/2'], 'prefix and after');
      ensureEqual(keys({ after: 'a/2', limit: 1 }), ['b'], 'after, one only');
      ensureEqual(keys({ prefix: 'b', after: 'a' }), ['b'], 'after something before the prefix');
      ensureEqual(keys({ prefix: 'a', after: 'q' }), [], 'after everything with the prefix');
      ensureEqual(table.get(''), 3, 'an empty key is a key');
    },
  },
  {
    requirement: 'keys are ordered as their UTF-8 bytes, and keys that are no text are refused',
    async run(harness) {
      const { store } = await harness.open();
      const table = store.table('state', numbers);
      const ordered = ['Z', 'a', 'é', '\uff5e', '\u{1f600}'];
      await store.commit((tx) => {
        for (const key of ordered.toReversed()) tx.put(table, key, 0);
      });
      ensureEqual(
        table.entries().map(([key]) => key),
        ordered,
        'the order',
      );
      const half = store.commit((tx) => tx.put(table, '\ud800', 0));
      await ensureRejected(half, 'FT_STORE_MISUSE', 'half of a surrogate pair');
    },
  },
  {
    requirement: 'a value is replaced and deleted, also one that is not there',
    async run(harness) {
      const { store } = await harness.open();
      const table = store.table('state', numbers);
      await store.commit((tx) => tx.put(table, 'k', 1));
      await store.commit((tx) => {
        tx.put(table, 'k', 2);
        tx.put(table, 'gone', 1);
        tx.delete(table, 'gone');
        tx.delete(table, 'never');
      });
      ensureEqual(table.entries(), [['k', 2]], 'after replacing');
      await store.commit((tx) => {
        tx.delete(table, 'k');
        ensureEqual(tx.get(table, 'k'), undefined, 'get after delete');
        tx.put(table, 'k', 3);
      });
      ensureEqual(table.get('k'), 3, 'after deleting and putting again');
    },
  },
];
