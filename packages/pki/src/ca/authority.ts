import type { KeyObject, X509Certificate } from 'node:crypto';
import { createPublicKey } from 'node:crypto';
import { type RevocationList, readCrl } from '../crl.ts';
import { pkiErrors } from '../errors.ts';
import { codeOf, readPrivate, replacePrivate } from '../files.ts';
import { keyFromSeed, keyHash, newSerial } from '../keys.ts';
import {
  BACKDATE_MS,
  CRL_REFRESH_MS,
  EXPIRED_MEMORY_MS,
  EXPIRING_AT,
  MAX_CERTIFICATES_PER_HOST,
  MAX_CRL_BYTES,
  MAX_CRL_ROUNDS,
  MAX_OPEN_TOKENS,
  TOKEN_MEMORY_MS,
} from '../limits.ts';
import { provedHost } from '../names.ts';
import { encodeToken, newSeed } from '../token.ts';
import { type CaFacts, caFiles, readCa } from './files.ts';
import type {
  CertificateState,
  IssuedRecord,
  ListedCertificate,
  ListedToken,
  TokenRecord,
} from './records.ts';
import { Register } from './register.ts';

/**
 * The CA of a site: issues, lists and revokes. Several processes may work on its
 * folder at once; joins are served by one, the daemon of its host.
 */
export class CertificateAuthority {
  readonly #folder: string;
  readonly #facts: CaFacts;
  readonly #register: Register;
  readonly #now: () => number;
  /** Joins one after the other, so that two tokens of one host are not used at once. */
  #lastJoin: Promise<unknown> = Promise.resolve();

  private constructor(folder: string, facts: CaFacts, now: () => number) {
    this.#folder = folder;
    this.#facts = facts;
    this.#register = new Register(folder);
    this.#now = now;
  }

  /** @throws FtError FT_PKI_NO_CA, FT_PKI_MODE, FT_PKI_DAMAGED */
  static async open(folder: string, now: () => number = Date.now): Promise<CertificateAuthority> {
    return new CertificateAuthority(folder, await readCa(folder), now);
  }

  get site(): string {
    return this.#facts.record.site;
  }

  /** Host that the CA is on. */
  get host(): string {
    return this.#facts.record.host;
  }

  /** The CA's certificate. PEM. */
  get certificate(): string {
    return this.#facts.issuer.certificate;
  }

  get fingerprint(): string {
    return this.#facts.fingerprint;
  }

  /** The key that certificates and lists of this CA are checked with. */
  get publicKey(): KeyObject {
    return createPublicKey(this.#facts.issuer.key);
  }

  /**
   * Makes a one-time token. Only the hash of its key is kept.
   *
   * @param again the host may have a valid certificate: it is revoked when the host joins
   * @throws FtError FT_PKI_HAS_CERTIFICATE, FT_PKI_TOO_MANY
   */
  async makeToken(options: {
    readonly host: string;
    readonly address: string;
    readonly lifetimeMs: number;
    readonly again?: boolean;
  }): Promise<{ readonly token: string; readonly expiresAt: string }> {
    const { host, address, lifetimeMs, again = false } = options;
    if (host === this.host) throw pkiErrors.OWN_HOST({ host });
    if (!again) await this.#requireNoCertificate(host);
    await this.prune();
    const open = (await this.tokens()).length;
    if (open >= MAX_OPEN_TOKENS) {
      throw pkiErrors.TOO_MANY({ what: 'open tokens', limit: MAX_OPEN_TOKENS });
    }
    const seed = newSeed();
    const id = keyHash(createPublicKey(keyFromSeed(seed)));
    const expiresAt = this.#iso(lifetimeMs);
    await this.#register.addToken({ id, host, createdAt: this.#iso(), expiresAt, again });
    const { fingerprint } = this;
    return {
      token: encodeToken({ host, caHost: this.host, address, fingerprint, seed }),
      expiresAt,
    };
  }

  /** What is known of the token with this key; undefined: nothing, so its bearer is a stranger. */
  findToken(id: string): Promise<TokenRecord | undefined> {
    return this.#register.findToken(id);
  }

  /**
   * Uses a token: the first key that comes with it gets a certificate. The same
   * key gets the same certificate again until the token expires, so that an
   * answer that was lost, or a CA that was killed before it, costs nothing.
   *
   * @param id hash of the key that the bearer has proved to have
   * @throws FtError FT_PKI_TOKEN_UNKNOWN, FT_PKI_TOKEN_USED, FT_PKI_TOKEN_EXPIRED,
   *   FT_PKI_HAS_CERTIFICATE, FT_PKI_REQUEST
   */
  join(id: string, request: string): Promise<IssuedRecord> {
    const next = this.#lastJoin.then(() => this.#join(id, request));
    this.#lastJoin = next.catch(() => undefined);
    return next;
  }

  async #join(id: string, request: string): Promise<IssuedRecord> {
    const token = await this.#register.findToken(id);
    if (token === undefined) throw pkiErrors.TOKEN_UNKNOWN({ address: this.host });
    const { host, expiresAt, again } = token;
    const { readRequest } = await import('../x509.ts');
    const publicKey = readRequest(request);
    const hash = keyHash(publicKey);
    let claim = await this.#register.findClaim(id);
    if (claim !== undefined && claim.keyHash !== hash) throw pkiErrors.TOKEN_USED({ host });
    if (Date.parse(expiresAt) <= this.#now())
      throw pkiErrors.TOKEN_EXPIRED({ host, at: expiresAt });
    if (claim === undefined) {
      if (!again) await this.#requireNoCertificate(host);
      claim = { keyHash: hash, serial: newSerial(), at: this.#iso() };
      if (!(await this.#register.addClaim(id, claim))) throw pkiErrors.TOKEN_USED({ host });
    }
    const issued = await this.#issue(host, publicKey, claim.serial);
    if ((await this.#register.findToken(id)) === undefined) {
      // Revoked in the middle of it, by somebody who could not see this certificate yet.
      await this.#revokeAllBut(host, '');
      throw pkiErrors.TOKEN_UNKNOWN({ address: this.host });
    }
    if (again) await this.#revokeAllBut(host, issued.serial);
    return issued;
  }

  /**
   * A new certificate for the host whose present one is shown. The present one
   * stays valid until it expires, so that no link is dropped.
   *
   * @throws FtError FT_PKI_REFUSED, FT_PKI_TOO_MANY, FT_PKI_REQUEST
   */
  async renew(present: X509Certificate, request: string): Promise<IssuedRecord> {
    const host = await this.recognise(present);
    const { readRequest } = await import('../x509.ts');
    return this.#issue(host, readRequest(request), newSerial());
  }

  /**
   * The host of a certificate of this CA that is not revoked. One that is not in
   * the register, because that was restored from an older backup, is added.
   *
   * @param present TLS has checked that this CA signed it and that it is valid now
   * @throws FtError FT_PKI_REFUSED
   */
  async recognise(present: X509Certificate): Promise<string> {
    const host = provedHost(present);
    const serial = present.serialNumber;
    if (host === undefined) throw pkiErrors.REFUSED({ why: 'the certificate is of no host' });
    if (await this.#register.isRevoked(serial)) {
      throw pkiErrors.REFUSED({ why: `the certificate of ${host} was revoked` });
    }
    if ((await this.#register.findIssued(serial)) === undefined) {
      await this.#register.addIssued({
        serial,
        host,
        issuedAt: new Date(Date.parse(present.validFrom) + BACKDATE_MS).toISOString(),
        expiresAt: new Date(Date.parse(present.validTo)).toISOString(),
        keyHash: keyHash(present.publicKey),
        certificate: present.toString(),
      });
    }
    return host;
  }

  /** A certificate without a token, for who has this folder: the CA's own host. */
  async issueTo(host: string, publicKey: KeyObject): Promise<IssuedRecord> {
    return this.#issue(host, publicKey, newSerial());
  }

  /**
   * Revokes every certificate of a host that is remembered and withdraws its tokens.
   *
   * @throws FtError FT_PKI_UNKNOWN_HOST, FT_PKI_OWN_HOST
   */
  async revoke(
    host: string,
  ): Promise<{ readonly serials: readonly string[]; readonly tokens: number }> {
    if (host === this.host) throw pkiErrors.OWN_HOST({ host });
    // Tokens first: a join that is under way finds its token gone, or is found below.
    const open = (await this.tokens()).filter((token) => token.host === host).length;
    for (const token of await this.#register.tokens()) {
      if (token.host === host) await this.#register.removeToken(token.id);
    }
    const serials = await this.#revokeAllBut(host, '');
    if (serials.length === 0 && open === 0) throw pkiErrors.UNKNOWN_HOST({ host });
    return { serials, tokens: open };
  }

  /**
   * Takes in what is on a list that this CA has signed and its register does not
   * know any more, because that was restored from an older backup.
   */
  async takeRevoked(serials: Iterable<string>): Promise<void> {
    const known = new Set(await this.#register.revokedSerials());
    for (const serial of serials) {
      if (known.has(serial)) continue;
      const host = (await this.#register.findIssued(serial))?.host ?? '';
      const expiresAt = this.#iso(this.#facts.record.hostLifetimeMs);
      await this.#register.addRevoked({ serial, host, revokedAt: this.#iso(), expiresAt });
    }
  }

  /** Every certificate that is remembered, by host, the newest first. */
  async certificates(): Promise<readonly ListedCertificate[]> {
    const revoked = new Set(await this.#register.revokedSerials());
    return (await this.#register.issued())
      .map((record) => this.#listed(record, revoked))
      .sort((a, b) => compare(a.host, b.host) || compare(b.issuedAt, a.issuedAt));
  }

  /** Tokens that can still be used. */
  async tokens(): Promise<readonly (ListedToken & { readonly id: string })[]> {
    const open: TokenRecord[] = [];
    for (const token of await this.#register.tokens()) {
      if (Date.parse(token.expiresAt) <= this.#now()) continue;
      if ((await this.#register.findClaim(token.id)) === undefined) open.push(token);
    }
    return open.sort((a, b) => compare(a.host, b.host) || compare(a.createdAt, b.createdAt));
  }

  /** The list as it is on disk. @throws FtError FT_PKI_MODE, FT_PKI_DAMAGED */
  async crl(): Promise<{ readonly pem: string; readonly list: RevocationList }> {
    const path = caFiles(this.#folder).crl;
    const pem = await readPrivate(path, MAX_CRL_BYTES);
    return { pem, list: readCrl(pem, this.publicKey, path) };
  }

  /** The list, written again before when it lacks something or is old. PEM. */
  async freshCrl(): Promise<string> {
    const serials = await this.#register.revokedSerials();
    const present = await this.crl().catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'FT_PKI_DAMAGED') return undefined;
      throw error;
    });
    const isFresh =
      present !== undefined &&
      present.list.thisUpdateMs + BACKDATE_MS > this.#now() - CRL_REFRESH_MS &&
      serials.every((serial) => present.list.serials.has(serial));
    if (isFresh) return present.pem;
    await this.prune();
    return this.writeCrl();
  }

  /**
   * Writes the revocation list. Another process may do so at the same time: both
   * look again after they have written, and whoever is last has seen everything.
   */
  async writeCrl(): Promise<string> {
    const { makeCrl } = await import('../x509.ts');
    for (let round = 0; round < MAX_CRL_ROUNDS; round += 1) {
      const revoked = await this.#register.revoked();
      const entries = revoked.map(({ serial, revokedAt }) => ({
        serial,
        atMs: Date.parse(revokedAt),
      }));
      // The time as its number counts up by itself, also after a backup was restored.
      const pem = makeCrl(this.#facts.issuer, entries, BigInt(this.#now()), {
        thisUpdateMs: this.#now() - BACKDATE_MS,
        // Far away: a CA that cannot be reached must not stop the site.
        nextUpdateMs: this.#facts.expiresAtMs,
      });
      await replacePrivate(caFiles(this.#folder).crl, pem);
      if ((await this.#register.revokedSerials()).length === revoked.length) return pem;
    }
    throw pkiErrors.TOO_MANY({ what: 'revocations at once', limit: MAX_CRL_ROUNDS });
  }

  /** Forgets tokens and certificates that expired long ago. */
  async prune(): Promise<void> {
    const now = this.#now();
    for (const { id, expiresAt } of await this.#register.tokens()) {
      if (Date.parse(expiresAt) + TOKEN_MEMORY_MS < now) await this.#register.removeToken(id);
    }
    for (const { serial, expiresAt } of await this.#register.issued()) {
      if (Date.parse(expiresAt) + EXPIRED_MEMORY_MS < now) {
        await this.#register.removeCertificate(serial);
      }
    }
    for (const { serial, expiresAt } of await this.#register.revoked()) {
      if (Date.parse(expiresAt) + EXPIRED_MEMORY_MS < now) {
        await this.#register.removeCertificate(serial);
      }
    }
  }

  async #issue(host: string, publicKey: KeyObject, serial: string): Promise<IssuedRecord> {
    const before = await this.#register.findIssued(serial);
    if (before !== undefined) return before;
    const valid = (await this.certificates()).filter((one) => one.host === host && isGood(one));
    if (valid.length >= MAX_CERTIFICATES_PER_HOST) {
      const limit = MAX_CERTIFICATES_PER_HOST;
      throw pkiErrors.TOO_MANY({ what: `valid certificates of ${host}`, limit });
    }
    const { makeHostCertificate } = await import('../x509.ts');
    const { issuer, record, expiresAtMs } = this.#facts;
    const now = this.#now();
    // Whole seconds, as certificates have them.
    const endMs = Math.floor(Math.min(now + record.hostLifetimeMs, expiresAtMs) / 1_000) * 1_000;
    const certificate = makeHostCertificate(issuer, host, publicKey, serial, {
      notBeforeMs: now - BACKDATE_MS,
      notAfterMs: endMs,
    });
    const issued: IssuedRecord = {
      serial,
      host,
      issuedAt: new Date(now).toISOString(),
      expiresAt: new Date(endMs).toISOString(),
      keyHash: keyHash(publicKey),
      certificate,
    };
    if (await this.#register.addIssued(issued)) return issued;
    return (await this.#register.findIssued(serial)) ?? issued;
  }

  /** Expired ones as well: a connection that was opened with one may still be open. */
  async #revokeAllBut(host: string, kept: string): Promise<readonly string[]> {
    const chosen = (await this.certificates()).filter(
      (one) => one.host === host && one.serial !== kept && one.state !== 'revoked',
    );
    for (const { serial, expiresAt } of chosen) {
      await this.#register.addRevoked({ serial, host, revokedAt: this.#iso(), expiresAt });
    }
    if (chosen.length > 0) await this.writeCrl();
    return chosen.map(({ serial }) => serial);
  }

  async #requireNoCertificate(host: string): Promise<void> {
    const valid = (await this.certificates()).find((one) => one.host === host && isGood(one));
    if (valid) throw pkiErrors.HAS_CERTIFICATE({ host, until: valid.expiresAt });
  }

  #listed(record: IssuedRecord, revoked: ReadonlySet<string>): ListedCertificate {
    const { host, serial, issuedAt, expiresAt } = record;
    const state = revoked.has(serial)
      ? 'revoked'
      : stateAt(this.#now(), Date.parse(issuedAt), Date.parse(expiresAt));
    return { host, serial, issuedAt, expiresAt, state };
  }

  #iso(fromNowMs = 0): string {
    return new Date(this.#now() + fromNowMs).toISOString();
  }
}

/** How far a certificate is in its life. */
export function stateAt(nowMs: number, issuedMs: number, expiresMs: number): CertificateState {
  if (nowMs >= expiresMs) return 'expired';
  return nowMs >= issuedMs + (expiresMs - issuedMs) * EXPIRING_AT ? 'expiring' : 'valid';
}

function isGood({ state }: ListedCertificate): boolean {
  return state === 'valid' || state === 'expiring';
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
