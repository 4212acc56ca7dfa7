import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fingerprintOf } from '../ca/files.ts';
import type { CertificateState } from '../ca/records.ts';
import { readCrl } from '../crl.ts';
import { pkiErrors } from '../errors.ts';
import { codeOf, makePrivateFolder, readJson, readPrivate, replacePrivate } from '../files.ts';
import { BACKDATE_MS, DAY_MS, EXPIRING_AT, MAX_CRL_BYTES, RENEW_AT } from '../limits.ts';
import { provedHost } from '../names.ts';

/** Places of a host's credentials in its folder. */
export function credentialFiles(folder: string) {
  return {
    /** Key and certificate of the host, in one file so that they always fit. */
    host: join(folder, 'host.pem'),
    ca: join(folder, 'ca.pem'),
    crl: join(folder, 'crl.pem'),
    site: join(folder, 'site.json'),
    /** Key of a join that is not finished, so that it can be done again. */
    joining: join(folder, 'joining.pem'),
  } as const;
}

/** What a host knows of its site. */
export interface SiteFile {
  readonly site: string;
  readonly caHost: string;
  /** Where the CA was when this host joined: `address:port`. */
  readonly address?: string;
}

/** What a host proves itself with, and what it believes others by. */
export interface Credentials {
  readonly host: string;
  readonly site: SiteFile;
  /** PEM. */
  readonly key: string;
  readonly certificate: string;
  readonly ca: string;
  readonly crl: string;
  /** Serials on the revocation list. */
  readonly revoked: ReadonlySet<string>;
  readonly crlMs: number;
  readonly serial: string;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  /** From when on it should be renewed. */
  readonly renewAtMs: number;
  readonly caFingerprint: string;
}

/** True once this host has joined a site. */
export function hasJoined(folder: string): boolean {
  return existsSync(credentialFiles(folder).host);
}

/** @throws FtError FT_PKI_NOT_JOINED, FT_PKI_MODE, FT_PKI_DAMAGED */
export async function readCredentials(folder: string): Promise<Credentials> {
  const files = credentialFiles(folder);
  const pem = await readPart(files.host, files.host);
  const ca = await readPart(files.ca, files.host);
  const crl = await readPart(files.crl, files.host, MAX_CRL_BYTES);
  const site = await readJson<SiteFile>(files.site);
  if (site === undefined) throw pkiErrors.DAMAGED({ path: files.site, why: 'it is missing' });
  const caCertificate = parse(files.ca, () => new X509Certificate(ca));
  const { certificate, key } = parse(files.host, () => {
    const found = new X509Certificate(pem.slice(pem.indexOf('-----BEGIN CERTIFICATE')));
    const own = createPrivateKey(pem);
    if (!found.checkPrivateKey(own)) throw new Error('key and certificate do not fit');
    if (!found.verify(caCertificate.publicKey)) throw new Error('it is not of the CA of this site');
    return { certificate: found, key: own };
  });
  const host = provedHost(certificate);
  if (host === undefined) throw pkiErrors.DAMAGED({ path: files.host, why: 'it names no host' });
  const list = readCrl(crl, caCertificate.publicKey, files.crl);
  const issuedAtMs = Date.parse(certificate.validFrom) + BACKDATE_MS;
  const expiresAtMs = Date.parse(certificate.validTo);
  return {
    host,
    site,
    key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: certificate.toString(),
    ca,
    crl,
    revoked: list.serials,
    crlMs: list.thisUpdateMs + BACKDATE_MS,
    serial: certificate.serialNumber,
    issuedAtMs,
    expiresAtMs,
    renewAtMs: issuedAtMs + (expiresAtMs - issuedAtMs) * RENEW_AT,
    caFingerprint: fingerprintOf(caCertificate),
  };
}

/** Writes all that a host gets when it joins. Key and certificate last: with them it has joined. */
export async function writeCredentials(
  folder: string,
  parts: {
    readonly site: SiteFile;
    readonly ca: string;
    readonly crl: string;
    readonly key: string;
    readonly certificate: string;
  },
): Promise<void> {
  const files = credentialFiles(folder);
  await makePrivateFolder(folder);
  await replacePrivate(files.ca, parts.ca);
  await replacePrivate(files.crl, parts.crl);
  await replacePrivate(files.site, `${JSON.stringify(parts.site, null, 2)}\n`);
  await replacePrivate(files.host, parts.key + parts.certificate);
  await rm(files.joining, { force: true });
}

/** How a host stands, for `status` and `doctor`. */
export interface CredentialsSummary {
  readonly site: string;
  readonly host: string;
  readonly serial: string;
  /** ISO 8601. */
  readonly expiresAt: string;
  /** Whole days that are left; negative once it has expired. */
  readonly daysLeft: number;
  readonly state: CertificateState;
  /** Age of the revocation list: how long ago the CA was last heard, to the hour. */
  readonly crlAgeMs: number;
}

export function summarise(credentials: Credentials, nowMs: number): CredentialsSummary {
  const { site, host, serial, issuedAtMs, expiresAtMs, revoked, crlMs } = credentials;
  const expiring = issuedAtMs + (expiresAtMs - issuedAtMs) * EXPIRING_AT;
  const aged = nowMs >= expiresAtMs ? 'expired' : nowMs >= expiring ? 'expiring' : 'valid';
  return {
    site: site.site,
    host,
    serial,
    expiresAt: new Date(expiresAtMs).toISOString(),
    daysLeft: Math.floor((expiresAtMs - nowMs) / DAY_MS),
    state: revoked.has(serial) ? 'revoked' : aged,
    crlAgeMs: Math.max(0, nowMs - crlMs),
  };
}

async function readPart(path: string, hostFile: string, limit?: number): Promise<string> {
  try {
    return await readPrivate(path, limit);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    if (path === hostFile) throw pkiErrors.NOT_JOINED({ file: hostFile });
    throw pkiErrors.DAMAGED({ path, why: 'it is missing' });
  }
}

function parse<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw pkiErrors.DAMAGED({ path, why }, cause);
  }
}
