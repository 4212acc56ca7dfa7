import { text } from '../codec.ts';
import { type ContractCase, ensure, ensureEqual } from './case.ts';
import type { StoreHarness } from './store-harness.ts';
import { append, ensureRejected, ensureThrows, ROOMY, turn, values, watch } from './store-tools.ts';

/** What `commit` promises: atomic, durable when it resolves, in order, invisible before. */
export const commitCases: readonly ContractCase<StoreHarness>[] = [
  {
    requirement: 'a commit runs apply at once and hands out what it returned',
    async run(harness) {
      const { store } = await harness.open();
      let ran = false;
      const result = store.commit(() => {
        ran = true;
        return 42;
      });
      ensure(ran, 'apply runs before commit returns');
      ensureEqual(await result, 42, 'the result of apply');
    },
  },
  {
    requirement: 'outside a commit only what is on disk is visible',
    async run(harness) {
      const subject = await harness.open();
      const { store } = subject;
      const log = store.log('box', ROOMY);
      const table = store.table('state', text);
      const counters = store.counters('marks');
      await append(store, log, 'first');

      subject.holdFlushes();
      const commit = store.commit((tx) => {
        tx.append(log, 'second');
        tx.moveCursor(log, 'reader', 1);
        tx.put(table, 'key', 'value');
        tx.setMark(counters, 'origin', 7);
      });
      const waiting = watch(commit);
      await turn();
      ensure(!waiting.settled(), 'a commit does not resolve before its flush');
      ensureEqual(values(log.read(0)), ['first'], 'read shows no record that is not on disk');
      ensureEqual(log.bounds().last, 1, 'bounds show no record that is not on disk');
      ensureEqual(log.position('reader'), undefined, 'position shows no such cursor');
      ensureEqual(table.get('key'), undefined, 'get shows no such value');
      ensureEqual(counters.mark('origin'), 0, 'mark shows no such mark');

      subject.releaseFlushes();
      await commit;
      ensureEqual(values(log.read(1)), ['second'], 'read after the commit resolved');
      ensureEqual(log.position('reader'), 1, 'position after the commit resolved');
      ensureEqual(table.get('key'), 'value', 'get after the commit resolved');
      ensureEqual(counters.mark('origin'), 7, 'mark after the commit resolved');
    },
  },
  {
    requirement: 'inside a commit its own changes and those of all earlier commits are visible',
    async run(harness) {
      const subject = await harness.open();
      const { store } = subject;
      const log = store.log('box', ROOMY);
      const table = store.table('state', text);
      const counters = store.counters('marks');
      subject.holdFlushes();
      const first = store.commit((tx) => {
        ensureEqual(tx.append(log, 'a'), 1, 'the first record has number 1');
        tx.put(table, 'key', 'one');
        tx.setMark(counters, 'origin', 5);
        ensureEqual(tx.get(table, 'key'), 'one', 'get sees the change of this commit');
      });
      const second = store.commit((tx) => {
        ensureEqual(tx.bounds(log).last, 1, 'bounds see the earlier commit');
        ensureEqual(tx.get(table, 'key'), 'one', 'get sees the earlier commit');
        ensureEqual(tx.mark(counters, 'origin'), 5, 'mark sees the earlier commit');
        tx.delete(table, 'key');
        ensureEqual(tx.get(table, 'key'), undefined, 'get sees the deletion');
        return tx.append(log, 'b');
      });
      subject.releaseFlushes();
      await first;
      ensureEqual(await second, 2, 'numbers go on over commits');
      ensureEqual(table.get('key'), undefined, 'the deletion is durable');
    },
  },
  {
    requirement: 'an apply that throws changes nothing, and harms no commit beside it',
    async run(harness) {
      const { store } = await harness.open();
      const log = store.log('box', ROOMY);
      const table = store.table('state', text);
      const before = append(store, log, 'before');
      const failure = new Error('changed my mind');
      const broken = store.commit((tx) => {
        tx.append(log, 'never');
        tx.put(table, 'key', 'never');
        tx.moveCursor(log, 'reader', 1);
        throw failure;
      });
      const after = store.commit((tx) => tx.append(log, 'after'));
      const thrown = await broken.catch((error) => error);
      ensure(thrown === failure, 'the commit is rejected with what apply threw');
      await before;
      ensureEqual(await after, 2, 'its numbers are used again');
      ensureEqual(values(log.read(0)), ['before', 'after'], 'its records are not there');
      ensureEqual(table.get('key'), undefined, 'its values are not there');
      ensureEqual(log.position('reader'), undefined, 'its cursors are not there');
    },
  },
  {
    requirement: 'a transaction is of no use after apply has returned',
    async run(harness) {
      const { store } = await harness.open();
      const log = store.log('box', ROOMY);
      const kept = await store.commit((tx) => tx);
      ensureThrows(() => kept.append(log, 'late'), 'FT_STORE_MISUSE', 'append after apply');
      ensureThrows(() => kept.bounds(log), 'FT_STORE_MISUSE', 'bounds after apply');
    },
  },
  {
    requirement: 'an apply that is asynchronous or that commits again is refused',
    async run(harness) {
      const { store } = await harness.open();
      const log = store.log('box', ROOMY);
      const later = store.commit(async (tx) => {
        tx.append(log, 'half');
      });
      await ensureRejected(later, 'FT_STORE_MISUSE', 'an asynchronous apply');
      let inner: Promise<unknown> = Promise.resolve();
      await store.commit((tx) => {
        inner = store.commit((other) => other.append(log, 'inner'));
        inner.catch(() => undefined);
        tx.append(log, 'outer');
      });
      await ensureRejected(inner, 'FT_STORE_MISUSE', 'a commit inside a commit');
      ensureEqual(values(log.read(0)), ['outer'], 'only the outer commit is there');
    },
  },
  {
    requirement: 'handles of another store are refused',
    async run(harness) {
      const one = await harness.open({ plugin: 'one' });
      const other = await harness.open({ plugin: 'other' });
      const foreign = other.store.log('box', ROOMY);
      const commit = one.store.commit((tx) => tx.append(foreign, 'lost'));
      await ensureRejected(commit, 'FT_STORE_MISUSE', 'a log of another store');
    },
  },
  {
    requirement: 'many concurrent commits apply in the order of the calls',
    async run(harness) {
      const { store } = await harness.open();
      const log = store.log('box', ROOMY);
      const resolved: number[] = [];
      const commits = Array.from({ length: 50 }, (_, index) =>
        store
          .commit((tx) => tx.append(log, `record ${index}`))
          .then((seq) => {
            resolved.push(seq);
          }),
      );
      await Promise.all(commits);
      const expected = Array.from({ length: 50 }, (_, index) => index + 1);
      ensureEqual(resolved, expected, 'they resolve in order');
      ensureEqual(log.read(0).at(-1), { seq: 50, value: 'record 49' }, 'the last record');
    },
  },
];
