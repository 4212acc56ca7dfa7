import { randomBytes } from 'node:crypto';
import { text } from '@ftctl/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeBulk } from '../src/core/bulk-frames.ts';
import {
  MAX_FRAME_BYTES,
  MAX_STRANGERS,
  OFFENCE_LINES,
  STREAM_WINDOW_BYTES,
} from '../src/core/limits.ts';
import { RawPeer, RawSocket, UPGRADE } from './support/raw-peer.ts';
import { SoloHost, until } from './support/solo-host.ts';

const echo = { name: 'echo', question: text, answer: text };
const facts = { name: 'facts', codec: text };
const HANDSHAKE_LIMIT_MS = 600;

/** `b` is attacked; `a` is its honest peer, which must not notice. */
let a: SoloHost;
let b: SoloHost;
let attempt = 0;

beforeAll(async () => {
  b = await SoloHost.open({ name: 'b', timing: { handshakeLimitMs: HANDSHAKE_LIMIT_MS } });
  b.link.serve(echo, (question) => question);
  b.link.receive(facts, () => undefined);
  a = await SoloHost.open({
    name: 'a',
    directory: { b: { subject: `127.0.0.1:${b.port}` } },
  });
  await a.link.request(echo, { host: 'b' }, 'first');
});

afterAll(async () => {
  const broken = b.log.lines.filter((line) => line.includes('of a/subject ended'));
  const answer = await a.link.request(echo, { host: 'b' }, 'still there');
  await a.close();
  await b.close();
  expect(answer).toBe('still there');
  expect(broken).toEqual([]);
});

/** What is done must be cut off and written down, once. */
async function expectOffence(why: RegExp, offend: () => Promise<unknown>): Promise<void> {
  const before = b.offences().length;
  await offend();
  await until('the offence is logged', () => b.offences().length > before);
  expect(b.offences().at(-1)).toMatch(why);
}

async function greeted(changes: Record<string, unknown> = {}): Promise<RawPeer> {
  const peer = new RawPeer(b.port);
  attempt += 1;
  expect(await peer.greet({ attempt, ...changes })).toMatchObject({ type: 'welcome', version: 1 });
  return peer;
}

describe('strangers', () => {
  test('garbage instead of HTTP is cut off', () =>
    expectOffence(/not HTTP/, async () => {
      const raw = new RawSocket(b.port);
      raw.write(randomBytes(300).toString('latin1'));
      await raw.closed;
    }));

  test('plain HTTP is told that this is no web server', () =>
    expectOffence(/without upgrade/, async () => {
      const raw = new RawSocket(b.port);
      raw.write('GET / HTTP/1.1\r\nHost: b\r\n\r\n');
      await raw.closed;
      expect(raw.received).toMatch(/^HTTP\/1.1 426 /);
    }));

  test.each([
    ['a wrong path', '/else', {}, /404/],
    ['a browser', '/ftctl/link', { origin: 'http://example.org' }, /403/],
  ])('%s is refused', (_, path, headers, status) =>
    expectOffence(/./, async () => {
      await expect(new RawPeer(b.port, path, headers).opened()).rejects.toThrow(status);
    }),
  );

  test.each([
    ['says nothing', '', ''],
    ['never ends its request', `${UPGRADE}\r\n`, 'X'],
    ['upgrades and then says nothing', `${UPGRADE}\r\n\r\n`, ''],
  ])('who %s is cut off at the time limit', async (_, request, drop) =>
    expectOffence(/said not who it is within 600 ms/, async () => {
      const from = performance.now();
      const raw = new RawSocket(b.port);
      raw.write(request);
      const drip = setInterval(() => raw.write(drop), 100);
      await raw.closed.finally(() => clearInterval(drip));
      expect(performance.now() - from).toBeGreaterThan(HANDSHAKE_LIMIT_MS - 50);
      expect(performance.now() - from).toBeLessThan(HANDSHAKE_LIMIT_MS + 1_500);
    }),
  );

  test('an HTTP header without end is cut off at its size', () =>
    expectOffence(/not HTTP/, async () => {
      const raw = new RawSocket(b.port);
      raw.write(`${UPGRADE}\r\nX-Long: ${'x'.repeat(64 * 1024)}`);
      await raw.closed;
    }));

  test('a crowd of silent connections keeps no honest peer out, and is bounded', async () => {
    const host = await SoloHost.open({ name: 'b', timing: { handshakeLimitMs: 2_000 } });
    const crowd = Array.from({ length: 3 * MAX_STRANGERS }, () => new RawSocket(host.port));
    let ended = 0;
    for (const { closed } of crowd) void closed.then(() => (ended += 1));
    await until('the oldest have to go', () => ended >= 2 * MAX_STRANGERS);
    const peer = new RawPeer(host.port);
    expect(await peer.greet()).toMatchObject({ type: 'welcome' });
    expect(ended).toBeLessThan(3 * MAX_STRANGERS);
    expect(host.offences().length).toBeLessThanOrEqual(OFFENCE_LINES);
    await host.close();
    await Promise.all(crowd.map(({ closed }) => closed));
  });

  test('nonsense after the upgrade is cut off', () =>
    expectOffence(/Invalid WebSocket frame/, async () => {
      const raw = new RawSocket(b.port);
      raw.write(`${UPGRADE}\r\n\r\nnonsense`);
      await raw.closed;
    }));
});

describe('a hello', () => {
  test.each([
    ['that is not JSON', 'hello', /not JSON/],
    [
      'of a wrong type',
      { type: 'welcome', version: 1, incarnation: 'f'.repeat(32) },
      /before its hello/,
    ],
    ['without fields', { type: 'hello' }, /hello: field minVersion/],
    ['that is a ping', { type: 'ping', number: 1 }, /a ping before its hello/],
  ])('%s is cut off', (_, frame, why) =>
    expectOffence(why, async () => {
      const peer = new RawPeer(b.port);
      await peer.opened();
      peer.say(frame);
      await peer.closed;
    }),
  );

  test('in binary is cut off', () =>
    expectOffence(/unknown kind/, async () => {
      const peer = new RawPeer(b.port);
      await peer.opened();
      peer.bulk(Buffer.from(JSON.stringify({ type: 'hello' })));
      await peer.closed;
    }));

  test.each([
    ['another protocol', { minVersion: 2, maxVersion: 9 }, /protocol 1 to 1, the caller 2 to 9/],
    ['another host', { toHost: 'x' }, /the caller wanted x\/subject/],
    ['the name of the host itself', { host: 'b' }, /same name/],
  ])('for %s is refused with a code and a reason', async (_, changes, why) => {
    const peer = new RawPeer(b.port);
    const answer = await peer.greet(changes);
    expect(answer).toMatchObject({ type: 'refusal', error: { code: 'FT_LINK_REFUSED' } });
    expect((answer.error as { message: string }).message).toMatch(why);
    await peer.closed;
  });

  test('sent again by somebody else is refused, and the first goes on', async () => {
    const first = await greeted({ host: 'replayed', attempt: 7 });
    const second = new RawPeer(b.port);
    expect(await second.greet({ host: 'replayed', attempt: 7 })).toMatchObject({ type: 'refusal' });
    first.say({ type: 'ping', number: 1 });
    await until('pong', () => first.heard.some((frame) => frame.type === 'pong'));
    first.ws.terminate();
  });

  test('of a newer connection takes the place of the older', async () => {
    const first = await greeted({ host: 'twice', attempt: 1 });
    const second = await greeted({ host: 'twice', attempt: 2 });
    await first.closed;
    second.ws.terminate();
  });
});

describe('a peer after its hello', () => {
  const record = (size: number) => new Uint8Array(size);
  const batch = (stream: number, prev: number, first: number, size = 1) =>
    encodeBulk({ kind: 'batch', stream, prev, first, records: [record(size)] });
  const open = { type: 'open', stream: 1, channel: 'facts', log: 'out' };

  test.each<[string, Record<string, unknown>, (peer: RawPeer) => void, RegExp]>([
    ['garbage', {}, (peer) => peer.bulk(randomBytes(100).fill(0xff, 0, 1)), /unknown kind 255/],
    ['a frame cut short', {}, (peer) => peer.bulk(batch(1, 0, 1, 50).subarray(0, 20)), /too early/],
    ['a field too many', {}, (peer) => peer.say({ ...open, more: 1 }), /unknown field more/],
    ['a wrong type', {}, (peer) => peer.say({ ...open, stream: '1' }), /open: field stream/],
    ['a batch of no stream', {}, (peer) => peer.bulk(batch(3, 0, 1)), /before opening it/],
    [
      'a batch that leaves records out',
      {},
      (peer) => {
        peer.say(open);
        peer.bulk(batch(1, 0, 1));
        peer.bulk(batch(1, 5, 6));
      },
      /expected one after 1/,
    ],
    [
      'more than the window',
      { host: 'greedy' },
      (peer) => {
        peer.say(open);
        peer.bulk(batch(1, 0, 1, STREAM_WINDOW_BYTES));
        // Right behind it, so that it is there before the first can be acknowledged.
        peer.bulk(batch(1, 1, 2, 1_024));
      },
      /window/,
    ],
    [
      'a stream number twice',
      {},
      (peer) => {
        peer.say(open);
        peer.say(open);
      },
      /opened stream 1 after 1/,
    ],
    [
      'a beat on the data lane',
      {},
      (peer) => peer.bulk(encodeBulk({ kind: 'beat', channel: 'x', payload: record(1) })),
      /sent beat on the data lane/,
    ],
    [
      'data on the beat lane',
      { lane: 'beat' },
      (peer) => peer.bulk(batch(1, 0, 1)),
      /sent batch on the beat lane/,
    ],
    ['a second hello', {}, (peer) => peer.say({ type: 'ack', stream: 1, upTo: 1 }), /sent ack/],
  ])('that sends %s is cut off', (_, changes, offend, why) =>
    expectOffence(why, async () => {
      const peer = await greeted(changes);
      offend(peer);
      await peer.closed;
    }),
  );

  test('that announces a frame beyond the limit is cut off before it is there', () =>
    expectOffence(/payload size exceeded/, async () => {
      const peer = await greeted();
      peer.bulk(record(MAX_FRAME_BYTES + 1));
      await peer.closed;
    }));

  test('that falls silent is given up', async () => {
    const from = performance.now();
    const peer = await greeted();
    await peer.closed;
    expect(performance.now() - from).toBeLessThan(4_000);
    const silent = b.log.lines.filter((line) => /of raw\/subject ended: silent/.test(line));
    expect(silent.length).toBeGreaterThan(0);
  });
});
