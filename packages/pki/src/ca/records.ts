/** What the CA keeps of its work, one file each, so that no two writers need a lock. */

export interface SiteRecord {
  readonly version: 1;
  readonly site: string;
  /** Host of the CA. */
  readonly host: string;
  /** Life of a host's certificate. */
  readonly hostLifetimeMs: number;
  /** ISO 8601. */
  readonly createdAt: string;
}

export interface IssuedRecord {
  readonly serial: string;
  readonly host: string;
  /** ISO 8601. */
  readonly issuedAt: string;
  readonly expiresAt: string;
  /** Hash of its public key, as `keyHash` gives it. */
  readonly keyHash: string;
  /** PEM. */
  readonly certificate: string;
}

export interface RevokedRecord {
  readonly serial: string;
  readonly host: string;
  readonly revokedAt: string;
  /** When the certificate would have ended by itself. */
  readonly expiresAt: string;
}

/** Holds no secret: the key's hash says who has the token, and lets nobody be him. */
export interface TokenRecord {
  /** Hash of the token's public key, and the name of the file. */
  readonly id: string;
  readonly host: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  /** True: the host may have a valid certificate, which is revoked when it joins. */
  readonly again: boolean;
}

/** The one use of a token: which key it was used for, and under which serial. */
export interface ClaimRecord {
  readonly keyHash: string;
  readonly serial: string;
  readonly at: string;
}

export type CertificateState = 'valid' | 'expiring' | 'expired' | 'revoked';

/** A certificate as `ftctl ca list` shows it. */
export interface ListedCertificate {
  readonly host: string;
  readonly serial: string;
  readonly issuedAt: string;
  readonly expiresAt: string;
  readonly state: CertificateState;
}

/** An open token as `ftctl ca list` shows it, without its secret. */
export interface ListedToken {
  readonly host: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly again: boolean;
}
