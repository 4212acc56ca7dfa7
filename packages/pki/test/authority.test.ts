import { createPublicKey, X509Certificate } from 'node:crypto';
import { chmod, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CertificateAuthority, initCa, newKey } from '../src/index.ts';
import { keyFromSeed, keyHash } from '../src/keys.ts';
import { DAY_MS, MAX_CERTIFICATES_PER_HOST } from '../src/limits.ts';
import { makeRequest } from '../src/x509.ts';
import { TestCa } from './support/test-ca.ts';

let test1: TestCa;
let ca: CertificateAuthority;

beforeEach(async () => {
  test1 = await TestCa.open();
  ca = test1.ca;
});
afterEach(() => test1.close());

const idOf = (seed: Buffer) => keyHash(createPublicKey(keyFromSeed(seed)));
const request = () => makeRequest(newKey());

async function join1(host: string, options: { again?: boolean } = {}) {
  const { seed } = await test1.token(host, options);
  return ca.join(idOf(seed), request());
}

describe('the CA', () => {
  test('keeps its key and folders to itself', async () => {
    expect((await stat(test1.caFolder)).mode & 0o777).toBe(0o700);
    for (const name of ['ca.pem', 'crl.pem', 'site.json']) {
      expect((await stat(join(test1.caFolder, name))).mode & 0o777, name).toBe(0o600);
    }
    await chmod(join(test1.caFolder, 'ca.pem'), 0o640);
    await expect(CertificateAuthority.open(test1.caFolder)).rejects.toMatchObject({
      code: 'FT_PKI_MODE',
      action: expect.stringContaining('chmod 600'),
    });
  });

  test('is not made twice, and leaves nothing half made', async () => {
    const options = { folder: test1.caFolder, site: 'other', host: 'a', hostLifetimeMs: 1_000 };
    await expect(initCa(options)).rejects.toMatchObject({ code: 'FT_PKI_CA_EXISTS' });
    expect((await readdir(test1.folder)).sort()).toEqual(['ca', 'tls-a']);
    expect((await CertificateAuthority.open(test1.caFolder)).fingerprint).toBe(ca.fingerprint);
  });

  test('says when there is none', async () => {
    await expect(CertificateAuthority.open(test1.tls('none'))).rejects.toMatchObject({
      code: 'FT_PKI_NO_CA',
    });
  });
});

describe('a token', () => {
  test('leaves no secret with the CA', async () => {
    const { seed } = await test1.token('b');
    const folder = join(test1.caFolder, 'tokens');
    const kept = await Promise.all(
      (await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')),
    );
    const key = keyFromSeed(seed).export({ format: 'jwk' });
    for (const secret of [seed.toString('hex'), seed.toString('base64url'), String(key.d)]) {
      expect(kept.join('\n')).not.toContain(secret);
    }
  });

  test('is used once: two at the same time, one succeeds', async () => {
    const { seed } = await test1.token('b');
    const other = await CertificateAuthority.open(test1.caFolder, test1.now);
    const both = await Promise.allSettled([
      ca.join(idOf(seed), request()),
      // As if by another process: it shares nothing but the files.
      other.join(idOf(seed), request()),
    ]);
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const failed = both.find((one) => one.status === 'rejected') as PromiseRejectedResult;
    expect(failed.reason).toMatchObject({ code: 'FT_PKI_TOKEN_USED' });
    expect((await ca.certificates()).filter(({ host }) => host === 'b')).toHaveLength(1);
  });

  test('gives the same key the same certificate again, also after a restart', async () => {
    const { seed } = await test1.token('b');
    const asked = request();
    const first = await ca.join(idOf(seed), asked);
    await test1.restart();
    expect(await test1.ca.join(idOf(seed), asked)).toEqual(first);
  });

  test('claimed by a CA that was killed before it issued is finished by the same key', async () => {
    const { seed } = await test1.token('b');
    const key = newKey();
    const first = await ca.join(idOf(seed), makeRequest(key));
    // What such a kill leaves: the claim, and no certificate yet.
    await rm(join(test1.caFolder, 'issued', `${first.serial}.json`));
    await expect(ca.join(idOf(seed), request())).rejects.toMatchObject({
      code: 'FT_PKI_TOKEN_USED',
    });
    const second = await ca.join(idOf(seed), makeRequest(key));
    expect(second.serial).toBe(first.serial);
    expect(second.keyHash).toBe(keyHash(createPublicKey(key)));
  });

  test('ends, and is forgotten long after', async () => {
    const { seed } = await test1.token('b');
    test1.advance(60_001);
    await expect(ca.join(idOf(seed), request())).rejects.toMatchObject({
      code: 'FT_PKI_TOKEN_EXPIRED',
    });
    expect(await ca.tokens()).toEqual([]);
    test1.advance(8 * DAY_MS);
    await ca.prune();
    await expect(ca.join(idOf(seed), request())).rejects.toMatchObject({
      code: 'FT_PKI_TOKEN_UNKNOWN',
    });
  });

  test('for a host with a valid certificate has to be asked for', async () => {
    const first = await join1('b');
    await expect(test1.token('b')).rejects.toMatchObject({
      code: 'FT_PKI_HAS_CERTIFICATE',
      action: expect.stringContaining('--again'),
    });
    const second = await join1('b', { again: true });
    const states = Object.fromEntries(
      (await ca.certificates()).map(({ serial, state }) => [serial, state]),
    );
    expect(states).toMatchObject({ [first.serial]: 'revoked', [second.serial]: 'valid' });
  });

  test('made before another one was used for the same host is refused then', async () => {
    const one = await test1.token('b');
    const two = await test1.token('b');
    await ca.join(idOf(one.seed), request());
    await expect(ca.join(idOf(two.seed), request())).rejects.toMatchObject({
      code: 'FT_PKI_HAS_CERTIFICATE',
    });
  });

  test('is not made for the host of the CA', async () => {
    await expect(test1.token('a')).rejects.toMatchObject({ code: 'FT_PKI_OWN_HOST' });
  });
});

describe('a certificate', () => {
  test('takes nothing from the request but its key', async () => {
    const { certificate, host } = await join1('b');
    const read = new X509Certificate(certificate);
    expect(host).toBe('b');
    expect(read.subject).toBe('CN=b');
    expect(read.subjectAltName).toBe('DNS:b');
  });

  test('is renewed under another serial, while the first stays valid', async () => {
    const first = await join1('b');
    const second = await ca.renew(new X509Certificate(first.certificate), request());
    expect(second.host).toBe('b');
    const listed = (await ca.certificates()).filter(({ host }) => host === 'b');
    expect(listed.map(({ state }) => state)).toEqual(['valid', 'valid']);
  });

  test('that is revoked is not renewed, and is on the list', async () => {
    const first = await join1('b');
    await test1.token('b', { again: true });
    expect(await ca.revoke('b')).toEqual({ serials: [first.serial], tokens: 1 });
    await expect(ca.renew(new X509Certificate(first.certificate), request())).rejects.toThrow(
      /certificate of b was revoked/,
    );
    expect((await ca.crl()).list.serials).toEqual(new Set([first.serial]));
    await expect(ca.revoke('b')).rejects.toMatchObject({ code: 'FT_PKI_UNKNOWN_HOST' });
    // And a new token needs nothing more.
    await expect(test1.token('b')).resolves.toMatchObject({ host: 'b' });
  });

  test('goes through valid, expiring and expired', async () => {
    await join1('b');
    const state = async () => (await ca.certificates()).find(({ host }) => host === 'b')?.state;
    expect(await state()).toBe('valid');
    test1.advance(3_600_000 * 0.9);
    expect(await state()).toBe('expiring');
    test1.advance(3_600_000 * 0.2);
    expect(await state()).toBe('expired');
  });

  test('is bounded in number for each host', async () => {
    let last = await join1('b');
    for (let count = 1; count < MAX_CERTIFICATES_PER_HOST; count += 1) {
      last = await ca.renew(new X509Certificate(last.certificate), request());
    }
    await expect(ca.renew(new X509Certificate(last.certificate), request())).rejects.toMatchObject({
      code: 'FT_PKI_TOO_MANY',
    });
  });

  test('that was renewed and has expired is revoked with the others: a link may still use it', async () => {
    const first = await join1('b');
    test1.advance(3_000_000);
    const second = await ca.renew(new X509Certificate(first.certificate), request());
    test1.advance(1_000_000);
    const { serials } = await ca.revoke('b');
    expect(new Set(serials)).toEqual(new Set([first.serial, second.serial]));
  });

  test('that a restored register does not know is taken in again', async () => {
    const { certificate, serial } = await join1('b');
    await rm(join(test1.caFolder, 'issued', `${serial}.json`));
    expect(await ca.recognise(new X509Certificate(certificate))).toBe('b');
    expect((await ca.revoke('b')).serials).toEqual([serial]);
  });

  test('that a restored register does not know as revoked is taken from a list', async () => {
    const { serial } = await join1('b');
    await ca.revoke('b');
    const { list } = await ca.crl();
    await rm(join(test1.caFolder, 'revoked', `${serial}.json`));
    await ca.takeRevoked(list.serials);
    await ca.writeCrl();
    expect((await ca.crl()).list.serials).toEqual(new Set([serial]));
    test1.advance(60 * DAY_MS);
    await ca.freshCrl();
    expect((await ca.crl()).list.serials).toEqual(new Set());
  });

  test('of the host of the CA is not revoked', async () => {
    await expect(ca.revoke('a')).rejects.toMatchObject({ code: 'FT_PKI_OWN_HOST' });
  });
});

test('revocations by two processes at once are all on the list', async () => {
  const hosts = ['b', 'c', 'd', 'e', 'f', 'g'];
  const serials = new Set<string>();
  for (const host of hosts) serials.add((await join1(host)).serial);
  const other = await CertificateAuthority.open(test1.caFolder, test1.now);
  await Promise.all(hosts.map((host, i) => (i % 2 === 0 ? ca : other).revoke(host)));
  expect((await ca.crl()).list.serials).toEqual(serials);
});

test('the list is signed again when it is old, and ends far away', async () => {
  const before = await ca.freshCrl();
  expect(await ca.freshCrl()).toBe(before);
  test1.advance(2 * 3_600_000);
  const after = await ca.freshCrl();
  expect(after).not.toBe(before);
});
