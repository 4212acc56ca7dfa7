import { text } from '../codec.ts';
import { type ContractCase, ensure, ensureEqual } from './case.ts';
import type { StoreHarness } from './store-harness.ts';
import { append, DEFAULT_PLUGIN, ROOMY, values } from './store-tools.ts';

const PAGE = { ...ROOMY, limitBytes: 50, limitRecords: 9, topic: true };

/** What a store says of itself: its contents, its checksums, where it comes from. */
export const inspectionCases: readonly ContractCase<StoreHarness>[] = [
  {
    requirement: 'inspect shows logs with cursors and lag, counters and tables, as on disk',
    async run(harness) {
      const subject = await harness.open();
      const { store } = subject;
      const box = store.log('box', PAGE);
      const other = store.log('other', { ...ROOMY, overflow: 'overwrite' });
      const table = store.table('state', text);
      const marks = store.counters('marks');
      await append(store, box, 'a', 'bb', 'ccc');
      await store.commit((tx) => {
        tx.moveCursor(box, 'slow', 1);
        tx.moveCursor(box, 'fast', 3);
        tx.append(other, 'x');
        tx.put(table, 'key', 'value');
        tx.put(table, 'k2', '');
        tx.setMark(marks, 'origin', 7);
      });
      subject.holdFlushes();
      const pending = append(store, box, 'dddd');
      const seen = await store.inspect();
      subject.releaseFlushes();
      await pending;
      ensureEqual(
        seen.logs,
        [
          {
            name: 'box',
            first: 2,
            last: 3,
            bytes: 5,
            limits: { limitBytes: 50, limitRecords: 9 },
            overflow: 'refuse',
            topic: true,
            cursors: [
              { name: 'fast', position: 3, lag: 0 },
              { name: 'slow', position: 1, lag: 2 },
            ],
          },
          {
            name: 'other',
            first: 1,
            last: 1,
            bytes: 1,
            limits: { limitBytes: 1_000_000 },
            overflow: 'overwrite',
            topic: false,
            cursors: [],
          },
        ],
        'the logs',
      );
      ensureEqual(seen.tables, [{ name: 'state', entries: 2, bytes: 10 }], 'the tables');
      ensureEqual(seen.counters, [{ name: 'marks', entries: 1, bytes: 14 }], 'the counters');
      ensure(seen.pendingBytes >= 4, 'what waits for the disk is counted');
      ensure(seen.format >= 1, 'the format has a number');
      ensureEqual(seen.incarnation, store.incarnation, 'the incarnation');
      ensureEqual(seen.origin, store.origin, 'the origin');
    },
  },
  {
    requirement: 'check counts what is whole and names what is damaged',
    async run(harness) {
      const first = await harness.open();
      const log = first.store.log('box', ROOMY);
      const table = first.store.table('state', text);
      await append(first.store, log, 'healthy-record-1');
      await append(first.store, log, 'fragile-record-2');
      await first.store.commit((tx) => {
        tx.append(log, 'healthy-record-3');
        tx.put(table, 'good', 'healthy');
        tx.put(table, 'bad', 'fragile-value');
        tx.moveCursor(log, 'reader', 0);
        tx.setMark(first.store.counters('marks'), 'origin', 1);
      });
      const { records, values: checked, damaged, damage } = await first.store.check();
      ensureEqual({ records, checked, damaged, damage }, WHOLE, 'of a store that is whole');
      await first.close();
      await harness.damage(DEFAULT_PLUGIN, text.encode('fragile-record-2'));
      await harness.damage(DEFAULT_PLUGIN, text.encode('fragile-value'));
      const { store } = await harness.open();
      const found = await store.check();
      ensureEqual(found.damaged, 2, 'things that are damaged');
      const named = found.damage.map(({ what }) => what).join('; ');
      ensure(
        /record.* 2.*log box|log box, record.* 2/.test(named),
        `the record is named: ${named}`,
      );
      ensure(/bad of table state/.test(named), `the value is named: ${named}`);
    },
  },
  {
    requirement: 'a restored store has a new incarnation, and says what it was restored from',
    async run(harness) {
      const first = await harness.open();
      const log = first.store.log('box', ROOMY);
      ensureEqual(first.store.origin.kind, 'created', 'the origin of a new store');
      await append(first.store, log, 'kept');
      await first.store.commit((tx) => {
        tx.moveCursor(log, 'reader', 0);
        tx.resize(log, { limitBytes: 77 });
      });
      const { incarnation } = first.store;
      await first.close();
      await harness.restore(DEFAULT_PLUGIN);

      const { store } = await harness.open();
      const again = store.log('box', ROOMY);
      ensure(store.incarnation !== incarnation, 'the incarnation is a new one');
      ensureEqual(store.origin.kind, 'restored', 'the origin');
      ensureEqual(store.origin.from?.incarnation, incarnation, 'the history it comes from');
      ensureEqual(values(again.read(0)), ['kept'], 'the records');
      ensureEqual(again.cursors(), { reader: 0 }, 'the cursors');
      ensureEqual((await store.inspect()).logs[0]?.limits, { limitBytes: 77 }, 'the limits');
      ensureEqual(await store.commit((tx) => tx.append(again, 'next')), 2, 'it goes on from there');
    },
  },
];

const WHOLE = { records: 3, checked: 4, damaged: 0, damage: [] };
