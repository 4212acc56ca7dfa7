import { createPublicKey, type X509Certificate } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { type Clock, text } from '@ftctl/sdk';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MAX_EXPIRED_MS, MAX_STRANGERS } from '../src/core/limits.ts';
import type { LinkTiming } from '../src/index.ts';
import { RawSocket } from './support/raw-peer.ts';
import { TestSite } from './support/site.ts';
import { SoloHost, until } from './support/solo-host.ts';
import { systemClock } from './support/system.ts';

const echo = { name: 'echo', question: text, answer: text };
const facts = { name: 'facts', codec: text };
const TIMING: Partial<LinkTiming> = {
  handshakeLimitMs: 600,
  reconnect: { minMs: 10, maxMs: 100 },
};

let site: TestSite;
const cleanUp: (() => Promise<void>)[] = [];

beforeEach(async () => {
  site = await TestSite.make();
  cleanUp.push(() => site.remove());
});

afterEach(async () => {
  for (const one of cleanUp.splice(0).reverse()) await one();
});

/** A host of the site; `as` is the host that its certificate is of. */
async function host(
  name: string,
  peers: Readonly<Record<string, SoloHost>> = {},
  options: { as?: string; of?: TestSite; address?: string; clock?: Clock } = {},
): Promise<SoloHost> {
  const { as = name, of = site, address = '127.0.0.1', clock = systemClock } = options;
  const directory = Object.fromEntries(
    Object.entries(peers).map(([peer, { port }]) => [peer, { subject: `${address}:${port}` }]),
  );
  const credentials = await of.credentials(as);
  const made = await SoloHost.open({
    name,
    directory,
    credentials,
    address,
    clock,
    timing: TIMING,
  });
  made.link.serve(echo, (question) => `${name} heard ${question}`);
  cleanUp.push(() => made.close());
  return made;
}

const ask = (from: SoloHost, to: string, timeoutMs = 1_500) =>
  from.link.request(echo, { host: to }, 'hi', { timeoutMs });

const reasonAt = (one: SoloHost) => one.link.peers()[0]?.reason ?? '';

/** A TLS client that is no link, after the handshake or when it has failed. */
function tlsClient(port: number, options: ConnectionOptions): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port, servername: '', ...options });
  socket.on('error', () => socket.destroy());
  return new Promise((resolve) => {
    socket.once('secureConnect', () => resolve(socket));
    socket.once('close', () => resolve(socket));
  });
}

const closed = (socket: TLSSocket) =>
  new Promise<void>((resolve) => {
    if (socket.destroyed) resolve();
    else socket.once('close', () => resolve());
  });

describe('a host speaks only for its own name', () => {
  test('one that says it is another is refused, told why, and written down', async () => {
    const b = await host('b');
    const mallory = await host('a', { b }, { as: 'mallory' });
    await expect(ask(mallory, 'b')).rejects.toThrow(
      /b\/subject refused the link: the caller says that it is a, its certificate is of mallory/,
    );
    expect(b.offences()[0]).toMatch(/mallory broke the link protocol: .*says that it is a/);
  });

  test('one that is dialed as another is cut off by the dialer', async () => {
    const c = await host('c');
    const a = await host('a', { b: c });
    await expect(ask(a, 'b')).rejects.toMatchObject({ code: 'FT_LINK_DOWN' });
    expect(reasonAt(a)).toMatch(/its certificate is of c, not of b/);
    expect(a.offences()[0]).toMatch(/b\/subject broke the link protocol: its certificate is of c/);
    expect(c.log.lines.join('\n')).not.toMatch(/connection of a/);
  });
});

describe('whoever is not of this site is refused', () => {
  test('a host of another CA, by both sides', async () => {
    const other = await TestSite.make();
    cleanUp.push(() => other.remove());
    const b = await host('b');
    const stranger = await host('a', { b }, { of: other });
    await expect(ask(stranger, 'b')).rejects.toMatchObject({ code: 'FT_LINK_DOWN' });
    expect(reasonAt(stranger)).toMatch(/its certificate is not of the CA of this site/);
    expect(stranger.offences().length).toBeGreaterThan(0);

    // The same at the accepting side, for a client that believes everybody.
    const { key, certificate: cert } = await other.issue('a');
    const c = await host('c');
    await closed(await tlsClient(c.port, { key, cert, rejectUnauthorized: false }));
    await until('written down', () =>
      c.offences().some((line) => /certificate is not of the CA of this site/.test(line)),
    );
    expect(c.offences().join('\n')).toMatch(/127\.0\.0\.1:\d+ broke/);
  });

  test.each<[string, ConnectionOptions, RegExp]>([
    ['without a certificate', {}, /shows no certificate/],
    ['that speaks TLS 1.2', { maxVersion: 'TLSv1.2' }, /older TLS than 1\.3/],
  ])('a client %s', async (_, options, why) => {
    const b = await host('b');
    await closed(await tlsClient(b.port, { rejectUnauthorized: false, ...options }));
    await until('written down', () => b.offences().some((line) => why.test(line)));
  });

  test('a host that speaks without TLS, by both sides', async () => {
    const plain = await SoloHost.open({ name: 'plain', timing: TIMING });
    cleanUp.push(() => plain.close());
    const b = await host('b', { plain });
    await expect(ask(b, 'plain')).rejects.toMatchObject({ code: 'FT_LINK_DOWN' });
    expect(reasonAt(b)).toMatch(/before TLS was up; perhaps that host has not joined/);

    const raw = new RawSocket(b.port);
    raw.write('GET /ftctl/link HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n');
    await raw.closed;
    await until('written down', () => b.offences().some((line) => /speaks without TLS/.test(line)));
  });

  test('a certificate that has expired', async () => {
    const b = await host('b');
    const old = await site.issue('a', () => Date.now() - 2 * 3_600_000);
    const { key, certificate: cert, ca } = old;
    await closed(await tlsClient(b.port, { key, cert, ca, checkServerIdentity: () => undefined }));
    await until('written down', () => b.offences().some((line) => /has expired/.test(line)));
  });

  test('who does not finish the handshake is cut off at the time limit', async () => {
    const b = await host('b');
    const from = performance.now();
    await new RawSocket(b.port).closed;
    expect(performance.now() - from).toBeGreaterThan(500);
    expect(performance.now() - from).toBeLessThan(2_500);
    expect(b.offences()[0]).toMatch(/said not who it is within 600 ms/);
  });

  test('a crowd that does not finish it keeps no honest peer out', async () => {
    const b = await host('b');
    const crowd = Array.from({ length: 3 * MAX_STRANGERS }, () => new RawSocket(b.port));
    const a = await host('a', { b });
    expect(await ask(a, 'b', 5_000)).toBe('b heard hi');
    await Promise.all(crowd.map(({ closed: end }) => end));
  });
});

describe('a host whose certificate is revoked', () => {
  test('is cut off by all, dialed or dialing, and does not come back', async () => {
    const b = await host('b');
    const a = await host('a', { b });
    const c = await host('c', { a, b });
    expect(await ask(a, 'b')).toBe('b heard hi');
    expect(await ask(c, 'a')).toBe('a heard hi');
    expect(await ask(c, 'b')).toBe('b heard hi');
    const from = performance.now();
    await site.revoke('a');
    await until('cut by b', () =>
      b.log.lines.some((line) => /of a\/subject ended: .*certificate of a is revoked/.test(line)),
    );
    await until('cut by c', () => c.link.peers().some(({ host: peer, up }) => peer === 'a' && !up));
    expect(performance.now() - from).toBeLessThan(1_000);
    await expect(ask(a, 'b')).rejects.toMatchObject({ code: 'FT_LINK_DOWN' });
    await until('told why', () => /certificate of this host is revoked/.test(reasonAt(a)));
    await expect(ask(c, 'a')).rejects.toMatchObject({ code: 'FT_LINK_DOWN' });
    await until('new handshakes fail', () =>
      b.offences().some((line) => /no TLS: its certificate is revoked/.test(line)),
    );
    expect(await ask(c, 'b')).toBe('b heard hi');
    expect(c.log.lines.join('\n')).not.toMatch(/no link to b/);
  });

  test('cannot come back with the session of an earlier connection', async () => {
    const b = await host('b');
    const { key, certificate: cert, ca } = (await site.credentials('a')).current();
    const options = { key, cert, ca, checkServerIdentity: () => undefined };
    let session: Buffer | undefined;
    const first = await tlsClient(b.port, options);
    first.on('session', (given) => {
      session = given;
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    session ??= first.getSession();
    first.destroy();
    await site.revoke('a');
    const second = await tlsClient(b.port, { ...options, ...(session && { session }) });
    expect(second.isSessionReused()).toBe(false);
    await closed(second);
    await until('refused', () => b.offences().some((line) => /is revoked/.test(line)));
  });
});

test('a connection is dialed again once its certificate ended so long ago that it is forgotten', async () => {
  let aheadMs = 0;
  const clock = { ...systemClock, now: () => Date.now() + aheadMs };
  const b = await host('b', {}, { clock });
  const a = await host('a', { b });
  expect(await ask(a, 'b')).toBe('b heard hi');
  const later = await site.issue('b');
  aheadMs = MAX_EXPIRED_MS;
  (await site.credentials('b')).replace(later);
  expect(b.log.lines.join('\n')).not.toMatch(/ended long ago/);
  aheadMs += 2 * 3_600_000;
  (await site.credentials('b')).replace(later);
  await until('cut', () => b.log.lines.some((line) => /ended: .*ended long ago/.test(line)));
  await until('up again', () => a.link.peers()[0]?.up === true);
});

test('a certificate that is renewed under a running stream loses no connection', async () => {
  const b = await host('b');
  const a = await host('a', { b });
  const received: string[] = [];
  b.link.receive(
    facts,
    () => undefined,
    (batch) => received.push(...batch.entries.map(({ value }) => value)),
  );
  const log = a.store.log('out', { codec: text, limitBytes: 10_000_000, overflow: 'refuse' });
  a.link.ship(facts, log, { host: 'b' }, 'to-b');
  const sent: string[] = [];
  for (let round = 0; round < 40; round += 1) {
    const value = `${round}`.repeat(50);
    sent.push(value);
    await a.store.commit((tx) => tx.append(log, value));
    if (round === 15) (await site.credentials('a')).replace(await site.issue('a'));
    if (round === 25) (await site.credentials('b')).replace(await site.issue('b'));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await until('all received', () => received.length >= sent.length);
  expect(received).toEqual(sent);
  const lines = [...a.log.lines, ...b.log.lines].join('\n');
  expect(lines).not.toMatch(/ended|no link/);
  expect(a.link.peers()[0]?.up).toBe(true);

  // New connections get the new certificate.
  const { key, certificate: cert, ca } = (await site.credentials('a')).current();
  const client = await tlsClient(b.port, { key, cert, ca, checkServerIdentity: () => undefined });
  const shown = client.getPeerX509Certificate() as X509Certificate;
  client.destroy();
  const now = (await site.credentials('b')).current();
  expect(shown.serialNumber).toBe(now.serial);
  expect(shown.publicKey.equals(createPublicKey(now.key))).toBe(true);
});

const beyond = Object.values(networkInterfaces())
  .flatMap((each) => each ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

test.skipIf(beyond === undefined)(
  `two hosts talk beyond loopback, on ${beyond ?? 'an address that this machine does not have'}`,
  async () => {
    const address = beyond ?? '';
    const b = await host('b', {}, { address });
    const a = await host('a', { b }, { address });
    expect(await ask(a, 'b')).toBe('b heard hi');
  },
);
