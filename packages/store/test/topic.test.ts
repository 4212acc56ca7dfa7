import { renameSync, rmSync } from 'node:fs';
import { text } from '@ftctl/sdk';
import { expect, it, onTestFinished } from 'vitest';
import { openStore } from '../src/open-store.ts';
import { makeHome } from './lmdb-harness.ts';

const PUBLISHED = { codec: text, limitBytes: 10_000, overflow: 'refuse', topic: true } as const;

function makePlace() {
  const home = makeHome();
  onTestFinished(() => home.remove());
  return {
    home,
    async open(plugin: string, sockets = home.sockets) {
      const store = await openStore({ path: home.store(plugin), plugin, sockets });
      onTestFinished(() => store.close());
      return store;
    },
  };
}

const nextCall = (listen: (listener: () => void) => () => void) =>
  new Promise<void>((resolve) => {
    const stop = listen(() => {
      stop();
      resolve();
    });
  });

it('is polled where no doorbell can be reached', async () => {
  const place = makePlace();
  const publisher = await place.open('publisher');
  const log = publisher.log('events', PUBLISHED);
  await publisher.commit((tx) => tx.append(log, 'a'));
  const reader = await place.open('reader', `${place.home.folder}/elsewhere`);
  const topic = await reader.topic('publisher', 'events', text);
  expect(log.cursors()).toEqual({});
  const told = nextCall((listener) => topic.onAppend(listener));
  await publisher.commit((tx) => tx.append(log, 'b'));
  await told;
  expect(topic.read(1)).toEqual([{ seq: 2, value: 'b' }]);
});

it('follows a publisher whose store was replaced, and tells by the incarnation', async () => {
  const place = makePlace();
  const first = await place.open('publisher');
  const before = first.log('events', PUBLISHED);
  await first.commit((tx) => {
    for (const value of ['a', 'b', 'c']) tx.append(before, value);
  });
  const reader = await place.open('reader');
  const topic = await reader.topic('publisher', 'events', text);
  const history = topic.incarnation();
  await topic.report(3);
  await first.close();
  const told = nextCall((listener) => topic.onAppend(listener));
  const report = topic.report(3);

  const path = place.home.store('publisher');
  renameSync(path, `${path}-old`);
  const second = await place.open('publisher');
  const after = second.log('events', PUBLISHED);
  await second.commit((tx) => tx.append(after, 'x'));
  await told;
  await report;
  expect(topic.incarnation()).toBe(second.incarnation);
  expect(topic.incarnation()).not.toBe(history);
  expect(topic.read(0)).toEqual([{ seq: 1, value: 'x' }]);
  // Its old position must not be taken for one of the new history.
  await expect.poll(() => after.cursors()).toEqual({ 'topic:reader': 0 });
  rmSync(`${path}-old`, { recursive: true });
});

it('tells when a replaced store has no such log, and goes on when it has', async () => {
  const place = makePlace();
  const first = await place.open('publisher');
  const before = first.log('events', PUBLISHED);
  await first.commit((tx) => tx.append(before, 'a'));
  const reader = await place.open('reader');
  const topic = await reader.topic('publisher', 'events', text);
  await first.close();
  const told = nextCall((listener) => topic.onAppend(listener));
  renameSync(place.home.store('publisher'), `${place.home.store('publisher')}-old`);
  const second = await place.open('publisher');
  await told;
  expect(() => topic.bounds()).toThrow('publishes no log events');
  const again = nextCall((listener) => topic.onAppend(listener));
  const after = second.log('events', PUBLISHED);
  await second.commit((tx) => tx.append(after, 'b'));
  await again;
  expect(topic.read(0)).toEqual([{ seq: 1, value: 'b' }]);
});

it('serves a plugin that reads its own', async () => {
  const place = makePlace();
  const store = await place.open('self');
  const log = store.log('events', PUBLISHED);
  await store.commit((tx) => tx.append(log, 'a'));
  const topic = await store.topic('self', 'events', text);
  expect(topic.read(0)).toEqual([{ seq: 1, value: 'a' }]);
  await topic.report(1);
  expect(log.cursors()).toEqual({ 'topic:self': 1 });
});

it('is not opened by a name that leads elsewhere', async () => {
  const place = makePlace();
  const store = await place.open('reader');
  await expect(store.topic('../reader', 'events', text)).rejects.toMatchObject({
    code: 'FT_STORE_NO_TOPIC',
  });
});

it('refuses a position that is none, and everything once it is closed', async () => {
  const place = makePlace();
  const store = await place.open('self');
  const log = store.log('events', PUBLISHED);
  await store.commit((tx) => tx.append(log, 'a'));
  const topic = await store.topic('self', 'events', text);
  await expect(topic.report(0.5)).rejects.toMatchObject({ code: 'FT_STORE_MISUSE' });
  topic.close();
  topic.close();
  expect(() => topic.read(0)).toThrow('the store is closed');
  await expect(topic.report(1)).rejects.toMatchObject({ code: 'FT_STORE_CLOSED' });
});
