import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CertificateAuthority, DAY_MS, readCredentials } from '@ftctl/pki';
import type { LogFields, Logger } from '@ftctl/sdk';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { renewalDelayMs } from '../src/daemon/renewal.ts';
import { SiteKeeper } from '../src/daemon/site-keeper.ts';
import { editConfig, initHome, readConfig, setIn } from '../src/index.ts';
import type { HomePaths } from '../src/paths.ts';
import { createMessageSink } from '../src/runner/message-sink.ts';
import { joinHost, mintToken, setUpCa } from '../src/tls/index.ts';

const LIFE_MS = 4_000;
let folder: string;
const running: SiteKeeper[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ft-site-'));
});
afterEach(async () => {
  for (const keeper of running.splice(0)) await keeper.close();
  await rm(folder, { recursive: true });
});

async function home(name: string): Promise<HomePaths> {
  const paths = await initHome({ home: join(folder, name), name });
  await editConfig(paths, (document) => setIn(document, ['tls', 'revocationIntervalMs'], 1_000));
  return paths;
}

/** A daemon's part that looks after the site, without the daemon. */
async function keep(paths: HomePaths) {
  const messages: string[] = [];
  const log: Logger = {
    debug: () => undefined,
    info: (_text, fields) => say(fields),
    warn: (_text, fields) => say(fields),
    error: (_text, fields) => say(fields),
    child: () => log,
  };
  const say = (fields: LogFields | undefined) => {
    if (typeof fields?.id === 'string') messages.push(fields.id);
  };
  const keeper = new SiteKeeper(paths, createMessageSink(log), log);
  running.push(keeper);
  await keeper.apply(await readConfig(paths));
  return { keeper, messages };
}

test('the CA serves itself, renews its own certificate, and lets another host join', async () => {
  const a = await home('a');
  await setUpCa({ paths: a, hostDays: LIFE_MS / DAY_MS, listen: '127.0.0.1:0' });
  const { keeper, messages } = await keep(a);
  const address = keeper.status().ca ?? '';
  expect(address).toMatch(/^127\.0\.0\.1:\d+$/);
  const b = await home('b');
  const { token } = await mintToken({ paths: a, host: 'b', lifetimeMs: 5_000, address });
  const { serial } = await joinHost(b, token);
  const other = await keep(b);
  const first = keeper.status().certificate?.serial;
  await expect
    .poll(() => keeper.status().certificate?.serial, { timeout: LIFE_MS })
    .not.toBe(first);
  await expect
    .poll(() => other.keeper.status().certificate?.serial, { timeout: LIFE_MS })
    .not.toBe(serial);
  expect(messages).toEqual(expect.arrayContaining(['FTHO050I', 'FTHO052I', 'FTHO053I']));
  expect(other.messages).toEqual(['FTHO053I']);

  // What is revoked reaches the host of the CA and the others.
  const c = await home('c');
  const made = await mintToken({ paths: a, host: 'c', lifetimeMs: 5_000, address });
  const revoked = (await joinHost(c, made.token)).serial;
  await (await CertificateAuthority.open(a.ca)).revoke('c');
  for (const { tls } of [a, b]) {
    await expect
      .poll(async () => (await readCredentials(tls)).revoked.has(revoked), { timeout: 4_000 })
      .toBe(true);
  }
});

test('a host whose CA is gone says so, first that it is late, then that it is over', async () => {
  const a = await home('a');
  await setUpCa({ paths: a, hostDays: LIFE_MS / DAY_MS, listen: '127.0.0.1:0' });
  const ca = await keep(a);
  const address = ca.keeper.status().ca ?? '';
  const b = await home('b');
  const { token } = await mintToken({ paths: a, host: 'b', lifetimeMs: 5_000, address });
  const { crl } = await joinHost(b, token);
  await ca.keeper.close();
  const { keeper, messages } = await keep(b);
  await expect
    .poll(() => messages.filter((id) => id === 'FTHO056E').length, { timeout: 3 * LIFE_MS })
    .toBe(2);
  expect(messages.filter((id) => id === 'FTHO054W')).toHaveLength(1);
  const { certificate, on, problem } = keeper.status();
  expect(on).toBe(true);
  expect(certificate).toMatchObject({ state: 'expired', daysLeft: -1 });
  expect(problem).toMatch(/FT_PKI_UNREACHABLE/);
  // The last good list is kept.
  expect((await readCredentials(b.tls)).crl).toBe(crl);
});

test('files that cannot be used are told once, and again when they were mended', async () => {
  const a = await home('a');
  await setUpCa({ paths: a, hostDays: 1 });
  const { chmod } = await import('node:fs/promises');
  await chmod(a.tls, 0o755);
  const { keeper, messages } = await keep(a);
  expect(messages).toEqual(['FTHO057E']);
  expect(keeper.status()).toMatchObject({ on: true, problem: expect.stringContaining('755') });
  await chmod(a.tls, 0o700);
  await keeper.apply(await readConfig(a));
  expect(keeper.status()).toMatchObject({ on: true, certificate: { state: 'valid' } });
});

test('a CA that is configured where there is none is told', async () => {
  const b = await home('b');
  await editConfig(b, (document) => setIn(document, ['ca', 'listen'], '127.0.0.1:0'));
  expect((await keep(b)).messages).toEqual(['FTHO051E']);
});

test('a CA that was set up halfway is finished by the next try', async () => {
  const a = await home('a');
  const made = await setUpCa({ paths: a, hostDays: 1 });
  await rm(a.tls, { recursive: true });
  const again = await setUpCa({ paths: a, hostDays: 1 });
  expect(again.fingerprint).toBe(made.fingerprint);
  await expect(setUpCa({ paths: a, hostDays: 1 })).rejects.toMatchObject({
    code: 'FT_PKI_CA_EXISTS',
  });
});

describe('the pause before a renewal', () => {
  const life = 90 * DAY_MS;
  test('lasts until it is due, and no longer', () => {
    expect(renewalDelayMs(0, 5_000, life, 0)).toBe(5_000);
    expect(renewalDelayMs(9_000, 5_000, life, 0)).toBe(0);
  });

  test('grows with failures to an hour, or to a part of a short life', () => {
    const pauses = [1, 2, 3, 12, 13, 1_000].map((failures) => renewalDelayMs(0, 0, life, failures));
    expect(pauses).toEqual([1_000, 2_000, 4_000, 2_048_000, 3_600_000, 3_600_000]);
    expect(renewalDelayMs(0, 0, 240_000, 1_000)).toBe(10_000);
    expect(renewalDelayMs(0, 0, 1_000, 1_000)).toBe(1_000);
  });
});
