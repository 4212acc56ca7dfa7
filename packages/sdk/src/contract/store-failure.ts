import { bytes, text } from '../codec.ts';
import { type ContractCase, ensure, ensureEqual } from './case.ts';
import type { StoreHarness } from './store-harness.ts';
import {
  append,
  DEFAULT_PLUGIN,
  ensureRejected,
  ensureThrows,
  ROOMY,
  turn,
  values,
  watch,
} from './store-tools.ts';

/** Crashes, full disks, damage, and the limits on what waits. */
export const failureCases: readonly ContractCase<StoreHarness>[] = [
  {
    requirement: 'what a commit wrote is there after an orderly close, all of it',
    async run(harness) {
      const first = await harness.open();
      const log = first.store.log('box', ROOMY);
      const commit = first.store.commit((tx) => {
        tx.append(log, 'kept');
        tx.moveCursor(log, 'reader', 0);
        tx.put(first.store.table('state', text), 'key', 'value');
        tx.setMark(first.store.counters('marks'), 'origin', 3);
      });
      await first.close();
      await commit;
      const second = await harness.open();
      ensureEqual(values(second.store.log('box', ROOMY).read(0)), ['kept'], 'the record');
      ensureEqual(second.store.log('box', ROOMY).cursors(), { reader: 0 }, 'the cursor');
      ensureEqual(second.store.table('state', text).get('key'), 'value', 'the value');
      ensureEqual(second.store.counters('marks').marks(), { origin: 3 }, 'the mark');
      ensureEqual(second.store.incarnation, first.store.incarnation, 'the incarnation');
      ensure(/^[0-9a-f]{32}$/.test(second.store.incarnation), 'it has 32 hexadecimal digits');
    },
  },
  {
    requirement: 'a crash keeps every commit that resolved and no part of one that had not begun',
    async run(harness) {
      const first = await harness.open();
      const log = first.store.log('box', ROOMY);
      await append(first.store, log, 'acknowledged');
      first.holdFlushes();
      const lost = first.store.commit((tx) => {
        tx.append(log, 'unresolved');
        tx.put(first.store.table('state', text), 'key', 'unresolved');
      });
      lost.catch(() => undefined);
      await turn();
      await first.crash();

      const second = await harness.open();
      const again = second.store.log('box', ROOMY);
      ensureEqual(values(again.read(0)), ['acknowledged'], 'the records after the crash');
      ensureEqual(second.store.table('state', text).get('key'), undefined, 'the table');
      const seq = await second.store.commit((tx) => tx.append(again, 'next'));
      ensureEqual(seq, 2, 'numbers go on from what was durable');
    },
  },
  {
    requirement: 'a failed flush rejects every unresolved commit, and the store goes on',
    async run(harness) {
      const subject = await harness.open();
      const { store } = subject;
      const log = store.log('box', ROOMY);
      const table = store.table('state', text);
      await append(store, log, 'durable');
      subject.fillDisk();
      const one = append(store, log, 'lost');
      const two = store.commit((tx) => tx.put(table, 'key', 'lost'));
      await ensureRejected(one, 'FT_STORE_DISK_FULL', 'the first commit');
      await ensureRejected(two, 'FT_STORE_DISK_FULL', 'the commit after it');
      ensureEqual(values(log.read(0)), ['durable'], 'what was on disk stays readable');

      subject.freeDisk();
      const seq = await store.commit((tx) => {
        ensureEqual(tx.get(table, 'key'), undefined, 'nothing of the lost commits is visible');
        return tx.append(log, 'next');
      });
      ensureEqual(seq, 2, 'numbers of records that were taken back are used again');
      ensureEqual(values(log.read(0)), ['durable', 'next'], 'the records');
    },
  },
  {
    requirement: 'too much waiting for the disk is refused, and drained tells when to go on',
    async run(harness) {
      const subject = await harness.open({
        limits: { commitBytes: 4_000, pendingBytes: 10_000, softPendingBytes: 2_000 },
      });
      const { store } = subject;
      const log = store.log('box', { ...ROOMY, codec: bytes });
      const write = () => store.commit((tx) => tx.append(log, new Uint8Array(3_000)));
      await store.drained();
      subject.holdFlushes();
      const accepted = [write(), write()];
      const drained = watch(store.drained());
      await ensureRejected(
        Promise.all([write(), write()]),
        'FT_STORE_BUSY',
        'a commit beyond the limit of what may wait',
      );
      await turn();
      ensure(!drained.settled(), 'drained waits while more than the soft limit waits');
      subject.releaseFlushes();
      await Promise.all(accepted);
      await store.drained();
      await write();
    },
  },
  {
    requirement: 'records, keys, names and commits over their limits are refused',
    async run(harness) {
      const { store } = await harness.open({
        limits: { recordBytes: 1_000, commitBytes: 3_000, keyBytes: 20, nameBytes: 20 },
      });
      const log = store.log('box', { ...ROOMY, codec: bytes });
      const table = store.table('state', bytes);
      const code = 'FT_STORE_TOO_LARGE';
      const record = new Uint8Array(900);
      await ensureRejected(
        store.commit((tx) => tx.append(log, new Uint8Array(1_001))),
        code,
        'a record',
      );
      await ensureRejected(
        store.commit((tx) => tx.put(table, 'k', new Uint8Array(1_001))),
        code,
        'a value',
      );
      await ensureRejected(
        store.commit((tx) => tx.put(table, 'k'.repeat(21), record)),
        code,
        'a key',
      );
      await ensureRejected(
        store.commit((tx) => {
          for (let count = 0; count < 4; count += 1) tx.append(log, record);
        }),
        code,
        'a commit',
      );
      ensureThrows(() => store.log('n'.repeat(21), ROOMY), code, 'a name');
      ensureEqual(log.bounds().last, 0, 'nothing was changed');
    },
  },
  {
    requirement: 'after close everything is refused',
    async run(harness) {
      const subject = await harness.open();
      const log = subject.store.log('box', ROOMY);
      await subject.close();
      const commit = subject.store.commit(() => undefined);
      await ensureRejected(commit, 'FT_STORE_CLOSED', 'commit after close');
      ensureThrows(() => log.read(0), 'FT_STORE_CLOSED', 'read after close');
    },
  },
  {
    requirement: 'a damaged record is reported by name and never skipped in silence',
    async run(harness) {
      const first = await harness.open();
      const log = first.store.log('box', ROOMY);
      await append(first.store, log, 'healthy-record-1');
      await append(first.store, log, 'fragile-record-2');
      await append(first.store, log, 'healthy-record-3');
      await first.close();
      await harness.damage(DEFAULT_PLUGIN, text.encode('fragile-record-2'));

      const { store } = await harness.open();
      const again = store.log('box', ROOMY);
      ensureEqual(values(again.read(0)), ['healthy-record-1'], 'what comes before it is readable');
      ensureThrows(() => again.read(1), 'FT_STORE_CORRUPT', 'reading the damaged record');
      ensureEqual(values(again.read(2)), ['healthy-record-3'], 'what comes after it is readable');
      await store.commit((tx) => tx.moveCursor(again, 'reader', 2));
      ensureEqual(again.bounds().first, 3, 'a reader can decide to go past it');
    },
  },
  {
    requirement: 'a damaged value of a table is reported',
    async run(harness) {
      const first = await harness.open();
      const table = first.store.table('state', text);
      await first.store.commit((tx) => tx.put(table, 'key', 'fragile-value'));
      await first.close();
      await harness.damage(DEFAULT_PLUGIN, text.encode('fragile-value'));
      const { store } = await harness.open();
      ensureThrows(
        () => store.table('state', text).get('key'),
        'FT_STORE_CORRUPT',
        'reading the damaged value',
      );
    },
  },
];
