import { connect } from 'node:net';
import { type Store, text } from '@ftctl/sdk';
import { expect, it, onTestFinished } from 'vitest';
import { Lines } from '../src/doorbell/lines.ts';
import { helloLine, MAX_LINE_BYTES, parseWord } from '../src/doorbell/protocol.ts';
import { doorbellPath } from '../src/doorbell/socket-path.ts';
import { LmdbHarness } from './lmdb-harness.ts';

const PUBLISHED = { codec: text, limitBytes: 10_000, overflow: 'refuse', topic: true } as const;

async function published() {
  const harness = new LmdbHarness();
  onTestFinished(() => harness.dispose());
  const { store } = await harness.open({ plugin: 'publisher' });
  const log = store.log('events', PUBLISHED);
  const append = (value: string) => store.commit((tx) => tx.append(log, value));
  await append('a');
  await append('b');
  const path = doorbellPath(harness.home.sockets, 'publisher');
  return { harness, store, log, append, path };
}

/** A peer that says what it likes. */
function visitor(path: string) {
  const socket = connect(path);
  onTestFinished(() => {
    socket.destroy();
  });
  let heard = '';
  socket.setEncoding('utf8').on('data', (data) => {
    heard += data;
  });
  socket.on('error', () => socket.destroy());
  const ended = new Promise<void>((resolve) => {
    socket.on('close', () => resolve());
  });
  return { socket, ended, heard: () => heard };
}

const greeting = (store: Store, change: object = {}) =>
  helloLine({ plugin: 'reader', log: 'events', incarnation: store.incarnation, ...change });

it.each([
  ['no JSON', () => 'hello\n'],
  ['another protocol', () => '{"hello":2,"plugin":"reader","log":"events"}\n'],
  ['an id that is a path', (store: Store) => greeting(store, { plugin: '../reader' })],
  ['a long id', (store: Store) => greeting(store, { plugin: 'r'.repeat(65) })],
  ['no log', (store: Store) => greeting(store, { log: '' })],
  ['a log that is not published', (store: Store) => greeting(store, { log: 'other' })],
  ['another history', (store: Store) => greeting(store, { incarnation: '0'.repeat(32) })],
  ['a list', () => '[1]\n'],
  ['a line without end', () => 'x'.repeat(MAX_LINE_BYTES + 1)],
  ['a bad report', (store: Store) => `${greeting(store)}{"done":-1}\n`],
  ['a report that is no number', (store: Store) => `${greeting(store)}{"done":"1"}\n`],
])('refuses %s, and goes on serving others', async (_, words) => {
  const { harness, store, log, append, path } = await published();
  const bad = visitor(path);
  bad.socket.write(words(store));
  await bad.ended;
  expect(bad.heard()).toContain('"refused"');
  expect(log.read(0)).toHaveLength(2);

  const reader = await harness.open({ plugin: 'other-reader' });
  const topic = await reader.store.topic('publisher', 'events', text);
  await topic.report(1);
  expect(log.position('topic:other-reader')).toBe(1);
  await append('c');
});

it('takes a report beyond the end as the end', async () => {
  const { store, log, path } = await published();
  const ahead = visitor(path);
  ahead.socket.write(`${greeting(store)}{"done":99}\n`);
  await expect.poll(() => log.position('topic:reader')).toBe(2);
  expect(ahead.heard()).toContain('{"kept":99}');
});

it('takes a flood of reports with few commits', async () => {
  const { harness, append, path, store, log } = await published();
  for (let count = 0; count < 200; count += 1) void append('more');
  await store.drained();
  await append('last');
  const flood = visitor(path);
  let words = greeting(store);
  for (let upTo = 1; upTo <= 200; upTo += 1) words += `{"done":${upTo}}\n`;
  flood.socket.write(words);
  await expect.poll(() => log.position('topic:reader')).toBe(200);
  await harness.dispose();
  expect(flood.heard().split('kept').length).toBeLessThan(20);
});

it('reads lines however they are cut', () => {
  const lines = new Lines();
  expect(lines.push(Buffer.from('{"la'))).toEqual([]);
  expect(lines.push(Buffer.from('st":1}\n{"kept":2}\n{'))).toEqual(['{"last":1}', '{"kept":2}']);
  expect(lines.push(Buffer.from('x\n'))).toEqual(['{x']);
  expect(lines.push(Buffer.alloc(MAX_LINE_BYTES + 1, 'x'))).toBeUndefined();
});

it('knows what a publisher says from what it does not', () => {
  expect(parseWord('{"last":3}')).toEqual({ kind: 'last', last: 3 });
  expect(parseWord('{"kept":0}')).toEqual({ kind: 'kept', kept: 0 });
  expect(parseWord('{"refused":"why"}')).toEqual({ kind: 'refused', why: 'why' });
  for (const text of ['', 'x', 'null', '{}', '{"last":-1}', '{"kept":1.5}', '{"refused":1}']) {
    expect(parseWord(text)).toBeUndefined();
  }
});

it('refuses a socket path that the system would cut', () => {
  expect(() => doorbellPath(`/tmp/${'x'.repeat(90)}`, 'publisher')).toThrow('the limit is 100');
});
