import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pkiErrors } from '../errors.ts';
import { codeOf, flushFolder, replacePrivate } from '../files.ts';
import { keyToPem, newKey, newSerial } from '../keys.ts';
import { BACKDATE_MS, CA_LIFETIME_MS } from '../limits.ts';
import { CertificateAuthority } from './authority.ts';
import { caFiles } from './files.ts';
import type { SiteRecord } from './records.ts';
import { Register } from './register.ts';

/**
 * Makes the CA of a site: all of it or nothing.
 *
 * @throws FtError FT_PKI_CA_EXISTS
 */
export async function initCa(options: {
  readonly folder: string;
  readonly site: string;
  /** Host that the CA is on. */
  readonly host: string;
  /** Life of a host's certificate. */
  readonly hostLifetimeMs: number;
  readonly now?: () => number;
}): Promise<CertificateAuthority> {
  const { folder, site, host, hostLifetimeMs, now = Date.now } = options;
  const { makeCaCertificate } = await import('../x509.ts');
  const key = newKey();
  const certificate = makeCaCertificate(`ftctl CA of ${site}`, key, newSerial(), {
    notBeforeMs: now() - BACKDATE_MS,
    notAfterMs: now() + CA_LIFETIME_MS,
  });
  const createdAt = new Date(now()).toISOString();
  const record: SiteRecord = { version: 1, site, host, hostLifetimeMs, createdAt };
  const making = `${folder}.${randomBytes(4).toString('hex')}.new`;
  const files = caFiles(making);
  try {
    await mkdir(making, { mode: 0o700 });
    await new Register(making).make();
    await writeFile(files.site, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
    await replacePrivate(files.key, keyToPem(key) + certificate);
    await rename(making, folder);
  } catch (error) {
    const exists = ['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(codeOf(error) ?? '');
    throw exists ? pkiErrors.CA_EXISTS({ folder }) : error;
  } finally {
    await rm(making, { recursive: true, force: true });
  }
  await flushFolder(dirname(folder));
  const ca = await CertificateAuthority.open(folder, now);
  await ca.writeCrl();
  return ca;
}
