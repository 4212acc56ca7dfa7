import { createPublicKey } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { joinSite, refreshCrl, renewCredentials, serveEnrolment } from '../src/enrolment/index.ts';
import {
  decodeToken,
  initCa,
  keyToPem,
  newKey,
  openCredentials,
  readCredentials,
  writeCredentials,
} from '../src/index.ts';

test('thin', async () => {
  const f = await mkdtemp(join(tmpdir(), 'pki-'));
  const ca = await initCa({ folder: join(f, 'ca'), site: 'x', host: 'a', hostLifetimeMs: 1e7 });
  const key = newKey();
  const own = await ca.issueTo('a', createPublicKey(key));
  await writeCredentials(join(f, 'tls'), {
    site: { site: 'x', caHost: 'a' },
    ca: ca.certificate,
    crl: await ca.freshCrl(),
    key: keyToPem(key),
    certificate: own.certificate,
  });
  console.log(f);
  const source = await openCredentials(join(f, 'tls'));
  const said: string[] = [];
  const server = await serveEnrolment({
    ca,
    credentials: source,
    address: '127.0.0.1',
    port: 0,
    onRefused: (a, b) => said.push(`${a} ${b}`),
  });
  const { token } = await ca.makeToken({ host: 'b', address: server.address, lifetimeMs: 5000 });
  console.log(token);
  try {
    const c = await joinSite(join(f, 'b'), 'b', decodeToken(token));
    expect(c.host).toBe('b');
    await renewCredentials(join(f, 'b'), server.address);
    expect((await readCredentials(join(f, 'b'))).serial).not.toBe(c.serial);
    console.log(await refreshCrl(join(f, 'b'), server.address));
    console.log(await ca.revoke('b'));
    await expect(refreshCrl(join(f, 'b'), server.address)).rejects.toThrow();
  } finally {
    console.log(said);
    await server.close();
    source.close();
  }
});
