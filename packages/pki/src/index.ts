export { CertificateAuthority } from './ca/authority.ts';
export { fingerprintOf } from './ca/files.ts';
export { initCa } from './ca/init.ts';
export type { CertificateState, ListedCertificate, ListedToken } from './ca/records.ts';
export * from './credentials/index.ts';
export { keyToPem, newKey } from './keys.ts';
export {
  CREDENTIALS_POLL_MS,
  DAY_MS,
  DEFAULT_HOST_DAYS,
  DEFAULT_TOKEN_MS,
  MAX_TOKEN_MS,
} from './limits.ts';
export { decodeToken, isAddress, type JoinToken } from './token.ts';
