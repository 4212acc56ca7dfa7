import { execFileSync, spawnSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCrl } from '../src/crl.ts';
import { newKey, newSerial } from '../src/keys.ts';
import { provedHost } from '../src/names.ts';
import {
  makeCaCertificate,
  makeCrl,
  makeHostCertificate,
  makeRequest,
  readRequest,
} from '../src/x509.ts';

const NOW = Date.now();
const SPAN = { notBeforeMs: NOW - 3_600_000, notAfterMs: NOW + 86_400_000 };
const LIST = { thisUpdateMs: NOW - 3_600_000, nextUpdateMs: Date.UTC(2060, 0, 1) };

const caKey = newKey();
const ca = makeCaCertificate('CA of test', caKey, newSerial(), SPAN);
const issuer = { certificate: ca, key: caKey };
const key = newKey();
const serial = newSerial();
const certificate = makeHostCertificate(issuer, 'paris', createPublicKey(key), serial, SPAN);

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ftctl-x509-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('a certificate', () => {
  test('names its host, fits its key and is of its CA', () => {
    const read = new X509Certificate(certificate);
    expect(provedHost(read)).toBe('paris');
    expect(read.serialNumber).toBe(serial);
    expect(read.checkPrivateKey(key)).toBe(true);
    expect(read.checkIssued(new X509Certificate(ca))).toBe(true);
    expect(read.verify(createPublicKey(caKey))).toBe(true);
    expect(read.ca).toBe(false);
  });

  test.skipIf(!hasOpenssl)('passes the strict rules of openssl (skipped without it)', async () => {
    await writeFile(join(folder, 'ca.pem'), ca);
    await writeFile(join(folder, 'host.pem'), certificate);
    await writeFile(join(folder, 'crl.pem'), makeCrl(issuer, [], 1n, LIST));
    const args = ['verify', '-x509_strict', '-crl_check', '-CRLfile', 'crl.pem'];
    const said = execFileSync('openssl', [...args, '-CAfile', 'ca.pem', 'host.pem'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(said).toContain('host.pem: OK');
  });

  test('with any other name proves no host', () => {
    // As Node shows them; our CA makes none of these.
    for (const subjectAltName of [undefined, 'URI:a', 'DNS:a, DNS:b', 'DNS:"a"', 'IP Address:1']) {
      expect(provedHost({ subjectAltName } as X509Certificate)).toBeUndefined();
    }
  });
});

describe('a request', () => {
  test('gives its key', () => {
    expect(readRequest(makeRequest(key)).equals(createPublicKey(key))).toBe(true);
  });

  test('with one bit changed is refused, or gives the same key', () => {
    const [head = '', ...rest] = makeRequest(key).split('\n');
    const body = Buffer.from(rest.slice(0, -2).join(''), 'base64');
    let refused = 0;
    for (let at = 0; at < body.length; at += 1) {
      const bent = Buffer.from(body);
      bent[at] = (bent[at] ?? 0) ^ 0x01;
      const pem = `${head}\n${bent.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
      const read = attempt(() => readRequest(pem));
      // A length that ends too late says nothing else; all that counts is signed.
      if (read) expect(read.equals(createPublicKey(key)), `bit in byte ${at}`).toBe(true);
      else refused += 1;
    }
    expect(refused).toBeGreaterThan(body.length * 0.9);
  });

  test('for a key of another kind, or none at all, is refused', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
    expect(() => readRequest(makeRequest(privateKey))).toThrow(/its key is not P-256/);
    expect(() => readRequest('')).toThrow(/not a certificate request/);
    expect(() => readRequest('x'.repeat(10_000))).toThrow(/more than 4096 characters/);
  });
});

describe('a revocation list', () => {
  const caPublic = createPublicKey(caKey);
  const revoked = [newSerial(), newSerial(), '0102', 'FF00'].map((one) => ({
    serial: one,
    atMs: NOW,
  }));

  test('gives its serials and its time', () => {
    const list = readCrl(makeCrl(issuer, revoked, 7n, LIST), caPublic, 'x');
    expect([...list.serials]).toEqual(revoked.map((one) => one.serial));
    expect(Math.abs(list.thisUpdateMs - LIST.thisUpdateMs)).toBeLessThan(1_000);
    expect(readCrl(makeCrl(issuer, [], 8n, LIST), caPublic, 'x').serials.size).toBe(0);
  });

  test('of another CA, or with one bit changed, is refused', () => {
    const pem = makeCrl(issuer, revoked, 7n, LIST);
    expect(() => readCrl(pem, createPublicKey(newKey()), 'x')).toThrow(/not signed by the CA/);
    const body = Buffer.from(pem.split('\n').slice(1, -2).join(''), 'base64');
    for (let at = 0; at < body.length; at += 1) {
      const bent = Buffer.from(body);
      bent[at] = (bent[at] ?? 0) ^ 0x01;
      const text = `-----BEGIN X509 CRL-----\n${bent.toString('base64')}\n-----END X509 CRL-----\n`;
      // The outer algorithm names what is done anyway, and is not signed: all else is.
      const serials = attempt(() => readCrl(text, caPublic, 'x').serials);
      if (serials !== undefined) expect([...serials]).toEqual(revoked.map((one) => one.serial));
    }
  });

  test('of any bytes is refused, and with nothing but its own error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const body = Buffer.from(bytes).toString('base64');
        const text = `-----BEGIN X509 CRL-----\n${body}\n-----END X509 CRL-----\n`;
        expect(() => readCrl(text, caPublic, 'x')).toThrow(/x cannot be used/);
      }),
    );
  });

  test.skipIf(!hasOpenssl)('is what openssl believes (skipped without it)', async () => {
    await writeFile(join(folder, 'ca.pem'), ca);
    await writeFile(join(folder, 'host.pem'), certificate);
    const list = makeCrl(issuer, [{ serial, atMs: NOW }], BigInt(NOW), LIST);
    await writeFile(join(folder, 'revoked.pem'), list);
    const args = ['verify', '-crl_check', '-CRLfile', 'revoked.pem', '-CAfile', 'ca.pem'];
    const { status, stderr } = spawnSync('openssl', [...args, 'host.pem'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(status).not.toBe(0);
    expect(stderr).toContain('certificate revoked');
  });
});

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    // Refused: what the test hopes for.
    return undefined;
  }
}
