import { connect } from 'node:net';
import { text } from '@ftctl/sdk';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeBulk } from '../src/core/bulk-frames.ts';
import { HELLO, RawPeer } from './support/raw-peer.ts';
import { Recorder } from './support/recorder.ts';
import { SoloHost, until } from './support/solo-host.ts';

const echo = { name: 'echo', question: text, answer: text };
const facts = { name: 'facts', codec: text };

/** `b` is attacked; `a` is its honest peer, which must not notice. */
let a: SoloHost;
let b: SoloHost;
let attempt = 0;

beforeAll(async () => {
  b = await SoloHost.open({ name: 'b', timing: { handshakeLimitMs: 2_000 } });
  b.link.serve(echo, (question) => question);
  b.link.receive(facts, () => undefined);
  a = await SoloHost.open({ name: 'a', directory: { b: { subject: `127.0.0.1:${b.port}` } } });
  await a.link.request(echo, { host: 'b' }, 'first');
});

afterAll(async () => {
  const answer = await a.link.request(echo, { host: 'b' }, 'still there');
  const broken = b.log.lines.filter((line) => line.includes('of a/subject ended'));
  const failed = b.log.lines.filter((line) => line.includes('could not be handled'));
  await a.close();
  await b.close();
  expect(answer).toBe('still there');
  expect(broken).toEqual([]);
  expect(failed).toEqual([]);
});

/** A value of any kind where another one is expected. */
const anything = fc.oneof(
  fc.constantFrom(null, true, -1, 0, 0.5, 1e300, '', 'x', [], {}),
  fc.string({ maxLength: 300 }),
  fc.maxSafeInteger(),
);

/** A hello with one field changed, or left out. */
const badHello = fc
  .tuple(fc.constantFrom(...(Object.keys(HELLO) as (keyof typeof HELLO)[])), anything)
  .map(([field, value]) => ({ ...HELLO, [field]: value }));

const frame = fc.oneof(
  fc.json({ maxDepth: 2 }),
  badHello.map((hello) => JSON.stringify(hello)),
  fc
    .record({
      type: fc.constantFrom('open', 'accepted', 'ack', 'close', 'cancel', 'ping'),
      stream: anything,
      number: anything,
      id: anything,
      channel: anything,
      log: anything,
      upTo: anything,
    })
    .map((one) => JSON.stringify(one)),
);

const bulk = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.tuple(fc.nat(300), fc.nat(255)).map(([at, value]) => {
    const records = [new Uint8Array(20), new Uint8Array(200)];
    const bytes = encodeBulk({ kind: 'batch', stream: 1, prev: 0, first: 1, records });
    bytes[at % bytes.length] = value;
    return bytes;
  }),
);

const message = fc.oneof(frame, bulk);

/** Whoever is not cut off by then was understood, and is told to go. */
const PATIENCE_MS = 100;

describe('whatever is sent', () => {
  test('before a hello, nobody is let in by it and nobody else notices', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 3 }), async (messages) => {
        const peer = new RawPeer(b.port);
        await peer.opened();
        for (const one of messages) send(peer, one);
        await Promise.race([peer.closed, pause(PATIENCE_MS)]);
        expect(peer.heard.map(({ type }) => type)).not.toContain('answer');
        peer.ws.terminate();
        await peer.closed;
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  test('after a hello, it is answered or cut off and nobody else notices', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 5 }), async (messages) => {
        const peer = new RawPeer(b.port);
        attempt += 1;
        await peer.greet({ attempt });
        for (const one of messages) send(peer, one);
        await Promise.race([peer.closed, pause(PATIENCE_MS / 4)]);
        peer.ws.terminate();
        await peer.closed;
      }),
      { numRuns: 150 },
    );
    expect(await a.link.request(echo, { host: 'b' }, 'and?')).toBe('and?');
  }, 60_000);
});

describe('what a peer once sent', () => {
  test('is refused when somebody else sends it again, byte by byte', async () => {
    const recorder = await Recorder.open(b.port);
    const directory = { b: { subject: `127.0.0.1:${recorder.port}` } };
    const c = await SoloHost.open({ name: 'c', directory });
    await c.link.request(echo, { host: 'b' }, 'recorded');
    const sessions = await recorder.close();
    expect(sessions.length).toBeGreaterThan(0);
    for (const bytes of sessions) {
      const before = b.log.lines.length;
      const socket = connect({ host: '127.0.0.1', port: b.port });
      // A reset is as good an end as any.
      socket.on('error', () => socket.destroy());
      const ended = new Promise((resolve) => socket.on('close', resolve));
      socket.resume();
      socket.write(bytes);
      await ended;
      await until('it is refused', () =>
        b.log.lines
          .slice(before)
          .some((line) => line.includes('a newer connection of the same caller was seen before')),
      );
    }
    await c.close();
  });
});

function send(peer: RawPeer, one: string | Uint8Array): void {
  if (typeof one === 'string') peer.say(one);
  else peer.bulk(one);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
