/** Bounds and times of the site's certificate authority and of what asks it. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
export const DAY_MS = 24 * HOUR;

/** Life of a host's certificate unless `ca init --days` says otherwise. */
export const DEFAULT_HOST_DAYS = 90;
/** Life of the CA's own certificate. */
export const CA_LIFETIME_MS = 20 * 365 * DAY_MS;
/**
 * How far back certificates and revocation lists are dated, so that a host whose
 * clock is slow does not take them for not yet valid.
 */
export const BACKDATE_MS = HOUR;
/** The part of its life after which a certificate is renewed. */
export const RENEW_AT = 2 / 3;
/** The part of its life after which a certificate that was not renewed is called expiring. */
export const EXPIRING_AT = 5 / 6;

/** Life of a token unless told, and at most. */
export const DEFAULT_TOKEN_MS = HOUR;
export const MAX_TOKEN_MS = 7 * DAY_MS;
/** How long a used or expired token is remembered, so that its holder is told why it is refused. */
export const TOKEN_MEMORY_MS = 7 * DAY_MS;
/** Tokens that are open at once. */
export const MAX_OPEN_TOKENS = 1_000;
/** Certificates of one host that are valid at once: a host that renews in a loop must not fill the disk. */
export const MAX_CERTIFICATES_PER_HOST = 16;
/**
 * How long the record of an expired certificate is kept: connections that were opened
 * with one go on, and can be revoked, for a day less (`MAX_EXPIRED_MS` of the link).
 */
export const EXPIRED_MEMORY_MS = 30 * DAY_MS;

/** A revocation list is signed again after so long, so that its age tells when the CA was last reached. */
export const CRL_REFRESH_MS = HOUR;
/** How often a list that changed while it was written is written again. */
export const MAX_CRL_ROUNDS = 100;

/** A token, in characters. */
export const MAX_TOKEN_LENGTH = 2_048;
/** A certificate request, in characters. */
export const MAX_CSR_LENGTH = 4_096;
/** A file with a key or certificates, in bytes. */
export const MAX_PEM_BYTES = 64 * 1024;
/** A revocation list, in bytes: about 100,000 certificates. */
export const MAX_CRL_BYTES = 8 * 1024 * 1024;

/** How often a process looks whether its credentials have changed. */
export const CREDENTIALS_POLL_MS = 1_000;

/** What the enrolment server takes. */
export const ENROLMENT = {
  /** Connections at once. */
  connections: 256,
  /** Those of them that have not shown a certificate yet; beyond it the oldest is cut off. */
  strangers: 64,
  /** From the connection to the end of the TLS handshake. */
  handshakeMs: 5 * SECOND,
  /** From the connection to the end of it, whatever it is slow with. */
  connectionMs: 15 * SECOND,
  headerBytes: 4 * 1024,
  bodyBytes: 8 * 1024,
} as const;

/** What a client of it waits for, and takes. */
export const ASKING = {
  totalMs: 15 * SECOND,
  answerBytes: 12 * 1024 * 1024,
} as const;
