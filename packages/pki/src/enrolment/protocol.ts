import type { ErrorShape } from '@ftctl/sdk';
import type { SiteFile } from '../credentials/files.ts';

/** What the CA serves, over mutual TLS alone. */
export const PATHS = {
  /** POST `Request`, with the certificate of an open token. */
  join: '/ftctl/join',
  /** POST `Request`, with a certificate of this site. */
  renew: '/ftctl/renew',
  /** GET, with a certificate of this site. */
  crl: '/ftctl/crl',
} as const;

export interface CertificateQuestion {
  /** PKCS #10, PEM. */
  readonly request: string;
}

export interface CertificateAnswer {
  readonly site: SiteFile;
  /** PEM. */
  readonly certificate: string;
  readonly ca: string;
  readonly crl: string;
}

export interface CrlAnswer {
  readonly crl: string;
}

export interface RefusalAnswer {
  readonly error: ErrorShape;
}
