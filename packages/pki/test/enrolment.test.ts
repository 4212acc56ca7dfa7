import { chmod, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { joinSite, refreshCrl, renewCredentials } from '../src/enrolment/index.ts';
import { hasJoined, keyToPem, newKey, openCredentials, readCredentials } from '../src/index.ts';
import { newSerial } from '../src/keys.ts';
import { ENROLMENT } from '../src/limits.ts';
import { makeRequest, makeSelfSigned } from '../src/x509.ts';
import { TestCa } from './support/test-ca.ts';

let site: TestCa;

beforeEach(async () => {
  site = await TestCa.open();
});
afterEach(() => site.close());

const joinAs = async (host: string) => joinSite(site.tls(host), host, await site.token(host));

describe('a host that joins', () => {
  test('gets a certificate for its name, and keeps its key to itself', async () => {
    const credentials = await joinAs('b');
    expect(credentials).toMatchObject({ host: 'b', site: { site: 'test', address: site.address } });
    expect((await stat(site.tls('b'))).mode & 0o777).toBe(0o700);
    const files = (await readdir(site.tls('b'))).sort();
    expect(files).toEqual(['ca.pem', 'crl.pem', 'host.pem', 'site.json']);
    for (const file of files) {
      expect((await stat(join(site.tls('b'), file))).mode & 0o777, file).toBe(0o600);
    }
    expect(site.issued).toEqual(['b join']);
    expect(site.refused).toEqual([]);
  });

  test('is refused with a token of another host, before anything is sent', async () => {
    const token = await site.token('b');
    await expect(joinSite(site.tls('c'), 'c', token)).rejects.toMatchObject({
      code: 'FT_PKI_TOKEN_HOST',
    });
    expect(site.issued).toEqual([]);
  });

  test('is told that its token was used', async () => {
    const token = await site.token('b');
    await joinSite(site.tls('b'), 'b', token);
    await expect(joinSite(site.tls('thief'), 'b', token)).rejects.toMatchObject({
      code: 'FT_PKI_TOKEN_USED',
    });
    expect(hasJoined(site.tls('thief'))).toBe(false);
  });

  test('is told that its token has expired', async () => {
    const token = await site.token('b');
    site.advance(60_001);
    await expect(joinSite(site.tls('b'), 'b', token)).rejects.toMatchObject({
      code: 'FT_PKI_TOKEN_EXPIRED',
    });
  });

  test('with a token that was withdrawn is cut off before its request is read', async () => {
    const token = await site.token('b');
    await site.ca.revoke('b');
    await expect(joinSite(site.tls('b'), 'b', token)).rejects.toMatchObject({
      code: 'FT_PKI_TOKEN_UNKNOWN',
    });
    expect(site.refused.join('\n')).toMatch(/nor of a token that is known/);
  });

  test('believes no other CA than the one of its token', async () => {
    const other = await TestCa.open();
    try {
      const token = { ...(await site.token('b')), address: other.address };
      await expect(joinSite(site.tls('b'), 'b', token)).rejects.toMatchObject({
        code: 'FT_PKI_FINGERPRINT',
      });
      expect(other.issued).toEqual([]);
    } finally {
      await other.close();
    }
  });

  test('says so when nobody is there', async () => {
    const token = { ...(await site.token('b')), address: '127.0.0.1:1' };
    await expect(joinSite(site.tls('b'), 'b', token)).rejects.toMatchObject({
      code: 'FT_PKI_UNREACHABLE',
    });
  });

  test('can go on after its answer was lost', async () => {
    const token = await site.token('b');
    const first = await joinSite(site.tls('b'), 'b', token);
    // As if it had been killed before it could write what came back.
    const key = first.key;
    await rm(join(site.tls('b'), 'host.pem'));
    const id = (await readdir(join(site.caFolder, 'tokens'))).find((name) =>
      name.endsWith('.claim.json'),
    );
    const mark = `token ${id?.replace('.claim.json', '')}\n`;
    await writeFile(join(site.tls('b'), 'joining.pem'), mark + key, { mode: 0o600 });
    const second = await joinSite(site.tls('b'), 'b', token);
    expect(second.serial).toBe(first.serial);
  });

  test('does not leave its site for another by accident', async () => {
    await joinAs('b');
    const other = await TestCa.open();
    try {
      await expect(joinSite(site.tls('b'), 'b', await other.token('b'))).rejects.toMatchObject({
        code: 'FT_PKI_OTHER_SITE',
      });
    } finally {
      await other.close();
    }
  });
});

describe('a host of the site', () => {
  test('renews with a new key; who reads its files sees it', async () => {
    const before = await joinAs('b');
    const source = await openCredentials(site.tls('b'), { pollIntervalMs: 10 });
    const changed = new Promise<void>((resolve) => source.onChange(resolve));
    await renewCredentials(site.tls('b'), site.address);
    await changed;
    const after = source.current();
    source.close();
    expect(after.serial).not.toBe(before.serial);
    expect(after.key).not.toBe(before.key);
    expect(after.host).toBe('b');
  });

  test('learns what was revoked', async () => {
    await joinAs('b');
    const { serial } = await joinAs('c');
    expect(await refreshCrl(site.tls('b'), site.address)).toBe(false);
    await site.ca.revoke('c');
    expect(await refreshCrl(site.tls('b'), site.address)).toBe(true);
    expect((await readCredentials(site.tls('b'))).revoked).toEqual(new Set([serial]));
  });

  test('that was revoked gets neither list nor certificate', async () => {
    await joinAs('b');
    await site.ca.revoke('b');
    await expect(renewCredentials(site.tls('b'), site.address)).rejects.toMatchObject({
      code: 'FT_PKI_TOKEN_UNKNOWN',
    });
    await expect(refreshCrl(site.tls('b'), site.address)).rejects.toMatchObject({
      code: 'FT_PKI_TOKEN_UNKNOWN',
    });
    expect(site.refused.join('\n')).toMatch(/certificate of b was revoked/);
    expect(site.issued).toEqual(['b join']);
  });

  test('keeps its good list when it is given a bad one', async () => {
    const { crl } = await joinAs('b');
    const source = await openCredentials(site.tls('b'), {
      pollIntervalMs: 10,
      onProblem: (error) => problems.push(String(error)),
    });
    const problems: string[] = [];
    await writeFile(join(site.tls('b'), 'crl.pem'), 'nonsense', { mode: 0o600 });
    await expect.poll(() => problems.length).toBe(1);
    expect(problems[0]).toMatch(/crl\.pem cannot be used/);
    expect(source.current().crl).toBe(crl);
    source.close();
  });

  test('does not use a key that others can read', async () => {
    await joinAs('b');
    await chmod(join(site.tls('b'), 'host.pem'), 0o644);
    await expect(readCredentials(site.tls('b'))).rejects.toMatchObject({
      code: 'FT_PKI_MODE',
      action: expect.stringMatching(/chmod 600 .*host\.pem/),
    });
    await chmod(join(site.tls('b'), 'host.pem'), 0o600);
    await chmod(site.tls('b'), 0o755);
    await expect(readCredentials(site.tls('b'))).rejects.toMatchObject({ code: 'FT_PKI_MODE' });
  });
});

describe('a stranger at the port of the CA', () => {
  const tls = (options: ConnectionOptions = {}): Promise<TLSSocket> => {
    const { port } = site.server;
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options });
    socket.on('error', () => socket.destroy());
    return new Promise((resolve) => {
      socket.once('secureConnect', () => resolve(socket));
      socket.once('close', () => resolve(socket));
    });
  };
  const ended = (socket: TLSSocket): Promise<string> =>
    new Promise((resolve) => {
      let text = '';
      socket.on('data', (bytes: Buffer) => {
        text += bytes.toString();
      });
      if (socket.destroyed) resolve(text);
      else socket.once('close', () => resolve(text));
    });

  test('without a certificate, or with one of its own, gets no answer', async () => {
    const key = newKey();
    const span = { notBeforeMs: Date.now() - 1_000, notAfterMs: Date.now() + 60_000 };
    const own = { key: keyToPem(key), cert: makeSelfSigned(key, newSerial(), span) };
    for (const options of [{}, own]) {
      const socket = await tls(options);
      socket.write('GET /ftctl/crl HTTP/1.1\r\nHost: x\r\n\r\n');
      expect(await ended(socket)).toBe('');
    }
  });

  test('with TLS 1.2, or none, gets no handshake', async () => {
    const old = await tls({ maxVersion: 'TLSv1.2' });
    expect(old.authorized).toBe(false);
    await ended(old);
    const plain = connectTcp({ host: '127.0.0.1', port: site.server.port });
    plain.on('error', () => plain.destroy());
    plain.write('GET / HTTP/1.1\r\n\r\n');
    await new Promise((resolve) => plain.once('close', resolve));
    await expect.poll(() => site.refused.length).toBeGreaterThanOrEqual(2);
    expect(site.refused.every((line) => /^127\.0\.0\.1:\d+ no TLS/.test(line))).toBe(true);
  });

  test('that says nothing is cut off in time, and a crowd of them keeps no host out', async () => {
    const crowd = Array.from({ length: 2 * ENROLMENT.strangers }, () => {
      const socket = connectTcp({ host: '127.0.0.1', port: site.server.port });
      socket.on('error', () => socket.destroy());
      return new Promise((resolve) => socket.once('close', resolve));
    });
    const from = performance.now();
    await joinAs('b');
    await Promise.all(crowd);
    expect(performance.now() - from).toBeLessThan(ENROLMENT.handshakeMs + 2_000);
  });

  test.each([
    ['too long a body', 'x'.repeat(20_000), /more than 8192 bytes/],
    ['no JSON', 'nonsense', /no field `request`/],
    ['a request that is none', JSON.stringify({ request: 'x' }), /not a certificate request/],
  ])('that has a token and sends %s is told, and the token stays open', async (_, body, why) => {
    const token = await site.token('b');
    const { keyFromSeed } = await import('../src/keys.ts');
    const key = keyFromSeed(token.seed);
    const span = { notBeforeMs: Date.now() - 1_000, notAfterMs: Date.now() + 60_000 };
    const socket = await tls({ key: keyToPem(key), cert: makeSelfSigned(key, newSerial(), span) });
    const head = `POST /ftctl/join HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n`;
    const answer = ended(socket);
    socket.write(head + body);
    expect(await answer).toMatch(why);
    expect(await site.ca.tokens()).toHaveLength(1);
  });

  test('that has a token may only join with it', async () => {
    const token = await site.token('b');
    const { keyFromSeed } = await import('../src/keys.ts');
    const key = keyFromSeed(token.seed);
    const span = { notBeforeMs: Date.now() - 1_000, notAfterMs: Date.now() + 60_000 };
    const socket = await tls({ key: keyToPem(key), cert: makeSelfSigned(key, newSerial(), span) });
    const answer = ended(socket);
    socket.write('GET /ftctl/crl HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await answer).toMatch(/a token may not GET/);
  });

  test('that is a host cannot join as another', async () => {
    const { key, certificate: cert, ca } = await joinAs('b');
    const options = { key, cert, ca, servername: '', checkServerIdentity: () => undefined };
    const socket = await tls(options);
    const body = JSON.stringify({ request: makeRequest(newKey()) });
    const answer = ended(socket);
    socket.write(
      `POST /ftctl/join HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    expect(await answer).toMatch(/a host may not POST/);
  });
});

test('nothing that the CA keeps or says holds a private key of another host', async () => {
  const { key } = await joinAs('b');
  const body = key.split('\n')[1] ?? '';
  for (const folder of ['issued', 'tokens']) {
    for (const name of await readdir(join(site.caFolder, folder))) {
      expect(await readFile(join(site.caFolder, folder, name), 'utf8')).not.toContain(body);
    }
  }
});
