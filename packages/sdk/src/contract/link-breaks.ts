import type { StreamBatch } from '../link.ts';
import { type ContractCase, ensure, ensureEqual } from './case.ts';
import type { LinkHarness, LinkHostName } from './link-harness.ts';
import {
  bulky,
  collect,
  facts,
  fill,
  fillBeside,
  inbox,
  names,
  numbered,
  outbox,
  PATIENCE_MS,
  values,
} from './link-tools.ts';

/** A stream whose hosts are killed and whose connections break: each record still applied once. */
export const breakCases: readonly ContractCase<LinkHarness>[] = [
  ...(['reset', 'silent'] as const).map((how) => ({
    requirement: `after a ${how} cut in mid-stream each record is applied exactly once`,
    async run(net: LinkHarness) {
      const received = collect(net.host('b'));
      const shipment = ship(net, 'a', 'b');
      const filling = fillBeside(net.host('a'), bulky('r', 1, 800));
      await net.until('some arrived', PATIENCE_MS, () => received.bounds().last > 0);
      await net.cut('a', 'b', how);
      const limitMs = net.noticeLimitMs + PATIENCE_MS;
      await net.until('down', limitMs, () => !shipment.status().up);
      await net.within(PATIENCE_MS, filling);
      await net.heal('a', 'b');
      await net.until('all delivered', limitMs, () => shipment.status().delivered === 800);
      ensureEqual(names(values(received)), numbered('r', 1, 800), 'the history of the receiver');
    },
  })),
  {
    requirement: 'when the receiver is killed in mid-stream each record is applied exactly once',
    async run(net) {
      collect(net.host('b'));
      const shipment = ship(net, 'a', 'b');
      for (const round of [0, 1, 2]) {
        const filling = fillBeside(net.host('a'), bulky('r', round * 300 + 1, round * 300 + 300));
        const log = inbox(net.host('b').store);
        await net.until('some arrived', PATIENCE_MS, () => log.bounds().last > round * 300);
        await net.crash('b');
        collect(await net.start('b', 'kept'));
        await net.within(PATIENCE_MS, filling);
        const upTo = round * 300 + 300;
        await net.until('delivered', PATIENCE_MS, () => shipment.status().delivered === upTo);
      }
      const history = names(values(inbox(net.host('b').store)));
      ensureEqual(history, numbered('r', 1, 900), 'the history of the receiver');
    },
  },
  {
    requirement: 'when the sender is killed in mid-stream each record is applied exactly once',
    async run(net) {
      const received = collect(net.host('b'));
      await fill(net, net.host('a'), bulky('r', 1, 1_500));
      ship(net, 'a', 'b');
      for (const some of [1, 500, 1_000]) {
        await net.until('some arrived', PATIENCE_MS, () => received.bounds().last >= some);
        await net.crash('a');
        await net.start('a', 'kept');
        ship(net, 'a', 'b');
      }
      await net.until('all arrived', PATIENCE_MS, () => received.bounds().last >= 1_500);
      ensureEqual(names(values(received)), numbered('r', 1, 1_500), 'the history of the receiver');
    },
  },
  {
    requirement:
      'when apply throws nothing is changed, the sender knows why, and it is tried again',
    async run(net) {
      const b = net.host('b');
      const log = inbox(b.store);
      let willing = false;
      let attempts = 0;
      b.link.receive(facts, (tx, batch) => {
        for (const entry of batch.entries) tx.append(log, entry.value);
        attempts += 1;
        if (!willing) throw new Error('not today');
      });
      await fill(net, net.host('a'), numbered('r', 1, 30));
      const shipment = ship(net, 'a', 'b');
      const refused = () => shipment.status().refused;
      await net.until('refused', PATIENCE_MS, () => refused() !== undefined && attempts > 1);
      ensure(refused()?.includes('not today') === true, `the reason is told, got ${refused()}`);
      ensureEqual(log.bounds().last, 0, 'what the failed apply had appended is gone');
      ensureEqual(shipment.status().delivered, 0, 'nothing is delivered');
      ensure(shipment.status().up, 'the link itself is up');
      willing = true;
      await net.until('all delivered', PATIENCE_MS, () => shipment.status().delivered === 30);
      ensureEqual(values(log), numbered('r', 1, 30), 'each record once');
      ensureEqual(refused(), undefined, 'the refusal is over');
    },
  },
  {
    requirement: 'a stream that the peer does not take yet arrives once it does',
    async run(net) {
      await fill(net, net.host('a'), numbered('r', 1, 5));
      const shipment = ship(net, 'a', 'b');
      const unserved = () => shipment.status().refused?.includes('FT_LINK_NOT_SERVED') === true;
      await net.until('refused', PATIENCE_MS, unserved);
      const received = collect(net.host('b'));
      await net.until('all delivered', PATIENCE_MS, () => shipment.status().delivered === 5);
      ensureEqual(values(received), numbered('r', 1, 5), 'the records');
    },
  },
  {
    requirement: 'records that the sender dropped at its limit are reported as a gap, once',
    async run(net) {
      const b = net.host('b');
      const batches: StreamBatch<string>[] = [];
      b.link.receive(
        facts,
        () => undefined,
        (batch) => batches.push(batch),
      );
      const { link, store } = net.host('a');
      const log = store.log('contract-ring', {
        codec: facts.codec,
        limitBytes: 1024 * 1024,
        limitRecords: 10,
        overflow: 'overwrite',
      });
      const append = (records: string[]) =>
        net.within(
          PATIENCE_MS,
          store.commit((tx) => {
            for (const record of records) tx.append(log, record);
          }),
        );
      const shipment = link.ship(facts, log, { host: 'b' }, 'to-b');
      await append(numbered('r', 1, 5));
      await net.until('five delivered', PATIENCE_MS, () => shipment.status().delivered === 5);
      await net.cut('a', 'b', 'reset');
      await net.until('down', PATIENCE_MS, () => !shipment.status().up);
      await append(numbered('r', 6, 30));
      await net.heal('a', 'b');
      await net.until('rest delivered', PATIENCE_MS, () => shipment.status().delivered === 30);
      const seen = batches.flatMap((batch) => batch.entries.map((entry) => entry.value));
      ensureEqual(seen, [...numbered('r', 1, 5), ...numbered('r', 21, 30)], 'what was left');
      const gaps = batches.filter((batch) => batch.gap).map((batch) => batch.entries[0]?.seq);
      ensureEqual(gaps, [21], 'the batch after the missing records says so, no other');
    },
  },
  {
    requirement: 'a sender with a new store begins anew, although its numbers were seen before',
    async run(net) {
      const received = collect(net.host('b'));
      await fill(net, net.host('a'), numbered('old', 1, 10));
      const first = ship(net, 'a', 'b');
      await net.until('all delivered', PATIENCE_MS, () => first.status().delivered === 10);
      await net.crash('a');
      await net.start('a', 'new');
      await fill(net, net.host('a'), numbered('new', 1, 10));
      const second = ship(net, 'a', 'b');
      await net.until('all delivered again', PATIENCE_MS, () => second.status().delivered === 10);
      const expected = [...numbered('old', 1, 10), ...numbered('new', 1, 10)];
      ensureEqual(values(received), expected, 'records of both incarnations');
    },
  },
];

function ship(net: LinkHarness, from: LinkHostName, to: LinkHostName) {
  const { link, store } = net.host(from);
  return link.ship(facts, outbox(store), { host: to }, `to-${to}`);
}
