import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import {
  type Credentials,
  credentialFiles,
  hasJoined,
  readCredentials,
  writeCredentials,
} from '../credentials/files.ts';
import { readCrl } from '../crl.ts';
import { pkiErrors } from '../errors.ts';
import { codeOf, makePrivateFolder, readPrivate, replacePrivate } from '../files.ts';
import { keyFromSeed, keyHash, keyToPem, newKey, newSerial } from '../keys.ts';
import { BACKDATE_MS, MAX_TOKEN_MS } from '../limits.ts';
import { provedHost } from '../names.ts';
import type { JoinToken } from '../token.ts';
import { askCa, type CaTarget, fetchCaCertificate } from './ask.ts';
import { type CertificateAnswer, type CrlAnswer, PATHS } from './protocol.ts';

/**
 * Lets this host join the site that a token is of, and writes its credentials.
 * Done again after a failure, it goes on with the same key.
 *
 * @param folder where the credentials of this host are to be
 * @throws FtError FT_PKI_TOKEN_HOST, FT_PKI_OTHER_SITE, FT_PKI_UNREACHABLE, FT_PKI_FINGERPRINT,
 *   FT_PKI_TOKEN_USED, FT_PKI_TOKEN_EXPIRED, FT_PKI_TOKEN_UNKNOWN, FT_PKI_ANSWER
 */
export async function joinSite(
  folder: string,
  host: string,
  token: JoinToken,
): Promise<Credentials> {
  if (token.host !== host) throw pkiErrors.TOKEN_HOST({ wanted: token.host, host });
  await requireSameSite(folder, token.fingerprint);
  const { address, caHost, fingerprint } = token;
  const ca = await fetchCaCertificate(address, fingerprint);
  const { makeRequest, makeSelfSigned } = await import('../x509.ts');
  const tokenKey = keyFromSeed(token.seed);
  const shown = makeSelfSigned(tokenKey, newSerial(), {
    notBeforeMs: Date.now() - BACKDATE_MS,
    notAfterMs: Date.now() + MAX_TOKEN_MS,
  });
  const key = await joiningKey(folder, keyHash(createPublicKey(tokenKey)));
  const target = { address, caHost, ca, key: keyToPem(tokenKey), certificate: shown };
  const question = { request: makeRequest(key) };
  const answer = await askCa<CertificateAnswer>(target, 'POST', PATHS.join, question);
  checkAnswer(answer, address, ca, host, key);
  const { site, certificate, crl } = answer;
  const parts = { ca, crl, key: keyToPem(key), certificate };
  await writeCredentials(folder, { ...parts, site: { ...site, address } });
  return readCredentials(folder);
}

/**
 * Gets this host a new certificate with a new key, and puts it in the place of
 * the present one. Errors as `askCa`, and FT_PKI_ANSWER.
 */
export async function renewCredentials(folder: string, address: string): Promise<void> {
  const present = await readCredentials(folder);
  const { makeRequest } = await import('../x509.ts');
  const key = newKey();
  const question = { request: makeRequest(key) };
  const target = targetOf(present, address);
  const answer = await askCa<CertificateAnswer>(target, 'POST', PATHS.renew, question);
  checkAnswer(answer, address, present.ca, present.host, key);
  await replacePrivate(credentialFiles(folder).host, keyToPem(key) + answer.certificate);
}

/**
 * Fetches the revocation list and keeps it when it is not older than the present one.
 * Errors as `askCa`, and FT_PKI_DAMAGED when the CA has not signed it.
 *
 * @returns whether something changed on disk
 */
export async function refreshCrl(folder: string, address: string): Promise<boolean> {
  const present = await readCredentials(folder);
  const { crl } = await askCa<CrlAnswer>(targetOf(present, address), 'GET', PATHS.crl);
  return keepCrl(folder, present, crl, `the list of ${address}`);
}

/** Takes a revocation list over, when this CA has signed it and it is newer. */
export async function keepCrl(
  folder: string,
  present: Credentials,
  crl: string,
  source: string,
): Promise<boolean> {
  if (crl === present.crl) return false;
  const key = new X509Certificate(present.ca).publicKey;
  const { thisUpdateMs } = readCrl(crl, key, source);
  if (thisUpdateMs + BACKDATE_MS < present.crlMs) return false;
  await replacePrivate(credentialFiles(folder).crl, crl);
  return true;
}

function targetOf(present: Credentials, address: string): CaTarget {
  const { ca, crl, key, certificate, site } = present;
  return { address, caHost: site.caHost, ca, crl, key, certificate };
}

async function requireSameSite(folder: string, fingerprint: string): Promise<void> {
  if (!hasJoined(folder)) return;
  const { caFingerprint, site } = await readCredentials(folder);
  if (caFingerprint !== fingerprint) throw pkiErrors.OTHER_SITE({ site: site.site, folder });
}

/** The key for this token: that of an earlier attempt, so that the CA knows it again. */
async function joiningKey(folder: string, tokenId: string): Promise<KeyObject> {
  const path = credentialFiles(folder).joining;
  const mark = `token ${tokenId}\n`;
  try {
    const text = await readPrivate(path);
    if (text.startsWith(mark)) return createPrivateKey(text.slice(mark.length));
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  const key = newKey();
  await makePrivateFolder(folder);
  await replacePrivate(path, mark + keyToPem(key));
  return key;
}

/** What was asked for, and signed by the CA that is known: the answer is not believed blindly. */
function checkAnswer(
  answer: CertificateAnswer,
  address: string,
  ca: string,
  host: string,
  key: KeyObject,
): void {
  const fail = (why: string) => pkiErrors.ANSWER({ address, why });
  let certificate: X509Certificate;
  const caCertificate = new X509Certificate(ca);
  try {
    certificate = new X509Certificate(answer.certificate);
    readCrl(answer.crl, caCertificate.publicKey, 'its revocation list');
  } catch (cause) {
    throw pkiErrors.ANSWER({ address, why: cause instanceof Error ? cause.message : '' }, cause);
  }
  if (!certificate.verify(caCertificate.publicKey)) throw fail('the CA has not signed it');
  if (provedHost(certificate) !== host) throw fail('the certificate is of another host');
  if (!certificate.checkPrivateKey(key)) throw fail('the certificate is of another key');
  if (typeof answer.site?.site !== 'string' || typeof answer.site.caHost !== 'string') {
    throw fail('it does not name its site');
  }
}
