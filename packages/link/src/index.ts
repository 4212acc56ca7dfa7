export type { CredentialsSource, LinkCredentials, ProvedPeer } from './io/credentials.ts';
export { createLink, type LinkService } from './link.ts';
export { type LinkOptions, type LinkTiming, noticeLimitMs } from './options.ts';
