import { createPrivateKey, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { pkiErrors } from '../errors.ts';
import { codeOf, readJson, readPrivate } from '../files.ts';
import type { Issuer } from '../x509.ts';
import type { SiteRecord } from './records.ts';

/** Places of a CA in its folder. */
export function caFiles(folder: string) {
  return {
    /** Key and certificate of the CA: the one secret that the whole site rests on. */
    key: join(folder, 'ca.pem'),
    site: join(folder, 'site.json'),
    crl: join(folder, 'crl.pem'),
  } as const;
}

export interface CaFacts {
  readonly record: SiteRecord;
  readonly issuer: Issuer;
  /** SHA-256 of the CA's certificate, hex in lower case. */
  readonly fingerprint: string;
  readonly expiresAtMs: number;
}

/** @throws FtError FT_PKI_NO_CA, FT_PKI_MODE, FT_PKI_DAMAGED */
export async function readCa(folder: string): Promise<CaFacts> {
  const files = caFiles(folder);
  let pem: string;
  try {
    pem = await readPrivate(files.key);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw pkiErrors.NO_CA({ folder });
    throw error;
  }
  const record = await readJson<SiteRecord>(files.site);
  if (record === undefined) throw pkiErrors.DAMAGED({ path: files.site, why: 'it is missing' });
  try {
    const certificate = new X509Certificate(pem.slice(pem.indexOf('-----BEGIN CERTIFICATE')));
    const key = createPrivateKey(pem);
    if (!certificate.checkPrivateKey(key)) throw new Error('key and certificate do not fit');
    return {
      record,
      issuer: { certificate: certificate.toString(), key },
      fingerprint: fingerprintOf(certificate),
      expiresAtMs: Date.parse(certificate.validTo),
    };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw pkiErrors.DAMAGED({ path: files.key, why }, cause);
  }
}

/** SHA-256 of a certificate, hex in lower case, as a token carries it. */
export function fingerprintOf(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(':', '').toLowerCase();
}
