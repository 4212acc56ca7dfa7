import { text } from '../codec.ts';
import type { LogOptions, Topic } from '../store.ts';
import { type ContractCase, ensureEqual } from './case.ts';
import type { StoreHarness } from './store-harness.ts';
import { append, ensureRejected, ROOMY, values } from './store-tools.ts';

const PUBLISHED: LogOptions<string> = { ...ROOMY, topic: true };

/** Resolves when `topic` has told of something to read. */
function rung(topic: Topic<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const stop = topic.onAppend(() => {
      stop();
      resolve();
    });
  });
}

/** A log that other plugins on the host read. */
export const topicCases: readonly ContractCase<StoreHarness>[] = [
  {
    requirement: 'a topic of a plugin or log that is not there, or not published, is refused',
    async run(harness) {
      const reader = await harness.open({ plugin: 'reader' });
      const publisher = await harness.open({ plugin: 'publisher' });
      await append(publisher.store, publisher.store.log('private', ROOMY), 'secret');
      const code = 'FT_STORE_NO_TOPIC';
      await ensureRejected(reader.store.topic('nobody', 'box', text), code, 'no such plugin');
      await ensureRejected(reader.store.topic('publisher', 'box', text), code, 'no such log');
      await ensureRejected(reader.store.topic('publisher', 'private', text), code, 'private');
    },
  },
  {
    requirement: 'a reader sees the published records, and nothing before it is on disk',
    async run(harness) {
      const publisher = await harness.open({ plugin: 'publisher' });
      const reader = await harness.open({ plugin: 'reader' });
      const log = publisher.store.log('events', PUBLISHED);
      await append(publisher.store, log, 'a', 'b');
      const topic = await reader.store.topic('publisher', 'events', text);
      ensureEqual(values(topic.read(0)), ['a', 'b'], 'the records');
      ensureEqual(topic.bounds(), { first: 1, last: 2, bytes: 2 }, 'the bounds');
      ensureEqual(topic.incarnation(), publisher.store.incarnation, 'whose history it is');

      publisher.holdFlushes();
      const commit = append(publisher.store, log, 'c');
      ensureEqual(values(topic.read(2)), [], 'nothing before its flush');
      const rings = rung(topic);
      publisher.releaseFlushes();
      await commit;
      await rings;
      ensureEqual(topic.read(2, { maxRecords: 1 }), [{ seq: 3, value: 'c' }], 'after its flush');
      topic.close();
    },
  },
  {
    requirement: 'opening a topic makes the cursor at the publisher, at the first record held',
    async run(harness) {
      const publisher = await harness.open({ plugin: 'publisher' });
      const reader = await harness.open({ plugin: 'reader' });
      const log = publisher.store.log('events', PUBLISHED);
      await append(publisher.store, log, 'a', 'b', 'c');
      await publisher.store.commit((tx) => tx.trim(log, 1));
      const topic = await reader.store.topic('publisher', 'events', text);
      ensureEqual(log.cursors(), { 'topic:reader': 1 }, 'the cursor at the publisher');
      await publisher.store.commit((tx) => tx.moveCursor(log, 'own', 3));
      ensureEqual(values(topic.read(0)), ['b', 'c'], 'it holds what the reader has not reported');
      topic.close();
    },
  },
  {
    requirement: "a reader's report moves its cursor at the publisher, who holds records by it",
    async run(harness) {
      const publisher = await harness.open({ plugin: 'publisher' });
      const reader = await harness.open({ plugin: 'reader' });
      const log = publisher.store.log('events', PUBLISHED);
      await append(publisher.store, log, 'a', 'b', 'c');
      const topic = await reader.store.topic('publisher', 'events', text);
      await topic.report(2);
      ensureEqual(log.cursors(), { 'topic:reader': 2 }, 'the cursor at the publisher');
      ensureEqual(values(topic.read(0)), ['c'], 'records that nobody needs are dropped');
      await topic.report(1);
      ensureEqual(log.position('topic:reader'), 2, 'a report never moves back');
      topic.close();
    },
  },
  {
    requirement: 'a reader keeps what it can read while the publisher is away, and goes on after',
    async run(harness) {
      const first = await harness.open({ plugin: 'publisher' });
      const reader = await harness.open({ plugin: 'reader' });
      await append(first.store, first.store.log('events', PUBLISHED), 'a', 'b');
      const topic = await reader.store.topic('publisher', 'events', text);
      await first.close();
      ensureEqual(values(topic.read(0)), ['a', 'b'], 'without a publisher');
      const report = topic.report(1);

      const second = await harness.open({ plugin: 'publisher' });
      const log = second.store.log('events', PUBLISHED);
      await report;
      ensureEqual(log.position('topic:reader'), 1, 'the report reached the next publisher');
      const rings = rung(topic);
      await append(second.store, log, 'c');
      await rings;
      ensureEqual(values(topic.read(1)), ['b', 'c'], 'what the next publisher wrote');
      topic.close();
    },
  },
];
