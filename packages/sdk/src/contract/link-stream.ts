import type { StreamBatch } from '../link.ts';
import { type ContractCase, ensure, ensureEqual } from './case.ts';
import type { LinkHarness } from './link-harness.ts';
import {
  caseLog,
  collect,
  ensureThrows,
  facts,
  fill,
  inbox,
  numbered,
  outbox,
  PATIENCE_MS,
  values,
} from './link-tools.ts';

/** A log shipped to the other side, nothing broken. */
export const streamCases: readonly ContractCase<LinkHarness>[] = [
  {
    requirement: 'a shipped log arrives whole, in order and once, old records and new ones',
    async run(net) {
      const received = collect(net.host('b'));
      await fill(net, net.host('a'), numbered('r', 1, 300));
      const { link, store } = net.host('a');
      const shipment = link.ship(facts, outbox(store), { host: 'b' }, 'to-b');
      await fill(net, net.host('a'), numbered('r', 301, 600));
      await net.until('all delivered', PATIENCE_MS, () => shipment.status().delivered === 600);
      ensureEqual(values(received), numbered('r', 1, 600), 'the receiver has every record once');
      const status = shipment.status();
      ensure(status.up && status.lag === 0, 'the shipment is up and nothing is left');
      ensureEqual(
        status.to,
        { host: 'b', plugin: net.host('b').plugin },
        'the status names the peer',
      );
      ensureEqual(status.stream, facts.name, 'the status names the stream');
    },
  },
  {
    requirement: 'the cursor follows what the peer has on disk, and the log lets go of it',
    async run(net) {
      collect(net.host('b'));
      const { link, store } = net.host('a');
      const log = outbox(store);
      link.ship(facts, log, { host: 'b' }, 'to-b');
      await fill(net, net.host('a'), numbered('r', 1, 50));
      await net.until('the cursor has moved', PATIENCE_MS, () => log.position('to-b') === 50);
    },
  },
  {
    requirement: 'nothing is reported delivered before it is on the disk of the peer',
    async run(net) {
      const received = collect(net.host('b'));
      const { link, store } = net.host('a');
      const shipment = link.ship(facts, outbox(store), { host: 'b' }, 'to-b');
      const early: number[] = [];
      let delivered = 0;
      shipment.onDelivered((upTo) => {
        if (received.bounds().last < upTo) early.push(upTo);
        ensure(upTo > delivered, 'each report is about more than the one before');
        delivered = upTo;
      });
      for (let n = 0; n < 10; n += 1) {
        await fill(net, net.host('a'), numbered('r', n * 20 + 1, n * 20 + 20));
      }
      await net.until('all delivered', PATIENCE_MS, () => delivered === 200);
      ensureEqual(early, [], 'records reported delivered that the peer did not have on disk');
    },
  },
  {
    requirement: 'the receiver sees batches in order, and `then` after each of them is on disk',
    async run(net) {
      const b = net.host('b');
      const log = inbox(b.store);
      const batches: StreamBatch<string>[] = [];
      const early: number[] = [];
      b.link.receive(
        facts,
        (tx, batch) => {
          for (const entry of batch.entries) tx.append(log, entry.value);
        },
        (batch) => {
          batches.push(batch);
          const last = batch.entries.at(-1)?.seq ?? 0;
          if (log.bounds().last < last) early.push(last);
        },
      );
      await fill(net, net.host('a'), numbered('r', 1, 500));
      const { link, store, plugin } = net.host('a');
      link.ship(facts, outbox(store), { host: 'b' }, 'to-b');
      const seen = () => batches.flatMap((batch) => batch.entries.map((entry) => entry.seq));
      await net.until('all applied', PATIENCE_MS, () => seen().length >= 500);
      ensureEqual(
        seen(),
        Array.from({ length: 500 }, (_, n) => n + 1),
        'consecutive numbers',
      );
      ensure(
        batches.every((batch) => !batch.gap),
        'nothing is missing',
      );
      ensureEqual(early, [], '`then` was called before the records were on disk');
      const from = { host: 'a', plugin, incarnation: store.incarnation };
      ensureEqual(batches[0]?.from, from, 'the batch names its sender');
    },
  },
  {
    requirement: 'a log is shipped from its cursor on, and what stands before it is a gap',
    async run(net) {
      const b = net.host('b');
      const received = inbox(b.store);
      const gaps: boolean[] = [];
      b.link.receive(
        facts,
        (tx, batch) => {
          for (const entry of batch.entries) tx.append(received, entry.value);
        },
        (batch) => gaps.push(batch.gap),
      );
      await fill(net, net.host('a'), numbered('r', 1, 20));
      const { link, store } = net.host('a');
      const log = outbox(store);
      await net.within(
        PATIENCE_MS,
        store.commit((tx) => tx.moveCursor(log, 'to-b', 15)),
      );
      const shipment = link.ship(facts, log, { host: 'b' }, 'to-b');
      await net.until('all delivered', PATIENCE_MS, () => shipment.status().delivered === 20);
      ensureEqual(values(received), numbered('r', 16, 20), 'only what stands after the cursor');
      await net.until('then', PATIENCE_MS, () => gaps.length > 0);
      ensure(
        gaps[0] === true && gaps.lastIndexOf(true) === 0,
        'the first batch alone is after a gap',
      );
    },
  },
  {
    requirement: 'one log goes to several peers, each at its own pace',
    async run(net) {
      const atB = collect(net.host('b'));
      await net.crash('c');
      await fill(net, net.host('a'), numbered('r', 1, 100));
      const { link, store } = net.host('a');
      const toB = link.ship(facts, outbox(store), { host: 'b' }, 'to-b');
      const toC = link.ship(facts, outbox(store), { host: 'c' }, 'to-c');
      await net.until('b has all', PATIENCE_MS, () => toB.status().delivered === 100);
      ensureEqual(values(atB), numbered('r', 1, 100), 'a peer that is down holds up no other');
      ensure(!toC.status().up && toC.status().lag === 100, 'the shipment to c waits');
      const atC = collect(await net.start('c', 'kept'));
      await net.until('c has all', PATIENCE_MS, () => toC.status().delivered === 100);
      ensureEqual(values(atC), numbered('r', 1, 100), 'the late peer gets everything');
    },
  },
  {
    requirement: 'streams run in both directions at once, and two streams do not mix',
    async run(net) {
      const atA = collect(net.host('a'));
      const atB = collect(net.host('b'));
      const other = { ...facts, name: 'contract.other' };
      const b = net.host('b');
      const otherLog = collect(b, other, caseLog(b.store, 'contract-other'));
      await fill(net, net.host('a'), numbered('a', 1, 200));
      await fill(net, net.host('b'), numbered('b', 1, 200));
      const { link, store } = net.host('a');
      const second = caseLog(store, 'contract-second');
      await net.within(
        PATIENCE_MS,
        store.commit((tx) => tx.append(second, 'other-1')),
      );
      link.ship(facts, outbox(store), { host: 'b' }, 'to-b');
      link.ship(other, second, { host: 'b' }, 'to-b');
      b.link.ship(facts, outbox(b.store), { host: 'a' }, 'to-a');
      const complete = () =>
        atA.bounds().last === 200 && atB.bounds().last === 200 && otherLog.bounds().last === 1;
      await net.until('all arrived', PATIENCE_MS, complete);
      ensureEqual(values(atA), numbered('b', 1, 200), 'records of b at a');
      ensureEqual(values(atB), numbered('a', 1, 200), 'records of a at b');
      ensureEqual(values(otherLog), ['other-1'], 'the other stream');
    },
  },
  {
    requirement: 'a stopped shipment ships no more, and one begun again goes on at the cursor',
    async run(net) {
      const received = collect(net.host('b'));
      const { link, store } = net.host('a');
      const log = outbox(store);
      const first = link.ship(facts, log, { host: 'b' }, 'to-b');
      await fill(net, net.host('a'), numbered('r', 1, 10));
      await net.until('the cursor has moved', PATIENCE_MS, () => log.position('to-b') === 10);
      first.stop();
      await fill(net, net.host('a'), numbered('r', 11, 20));
      const wait = new Promise<void>((resolve) => net.clock.setTimer(300, resolve));
      await net.within(PATIENCE_MS, wait);
      ensureEqual(values(received), numbered('r', 1, 10), 'nothing after the stop');
      const again = link.ship(facts, log, { host: 'b' }, 'to-b');
      await net.until('all delivered', PATIENCE_MS, () => again.status().delivered === 20);
      ensureEqual(values(received), numbered('r', 1, 20), 'the rest after the new beginning');
    },
  },
  {
    requirement: 'a large record is shipped like any other',
    async run(net) {
      const received = collect(net.host('b'));
      const { link, store } = net.host('a');
      const shipment = link.ship(facts, outbox(store), { host: 'b' }, 'to-b');
      const big = 'x'.repeat(400_000);
      await fill(net, net.host('a'), [big, 'small']);
      await net.until('both delivered', PATIENCE_MS, () => shipment.status().delivered === 2);
      ensureEqual(values(received), [big, 'small'], 'the large record and the small one');
    },
  },
  {
    requirement: 'wrong use of streams is refused at once',
    async run(net) {
      collect(net.host('a'));
      const { link, store } = net.host('a');
      ensureThrows(() => collect(net.host('a')), 'FT_LINK_MISUSE', 'a second receiver');
      const log = outbox(store);
      const ship = (host: string) => link.ship(facts, log, { host }, 'cursor');
      ensureThrows(() => ship('ghost'), 'FT_LINK_UNKNOWN_PEER', 'a host that nobody knows');
      ship('b');
      ensureThrows(() => ship('b'), 'FT_LINK_MISUSE', 'the same log to the same peer twice');
    },
  },
];
