/**
 * What a host proves itself with, and what it believes others by. Where they come
 * from is not the link's business: it is handed them, and told when they change.
 */
export interface LinkCredentials {
  /** PEM. */
  readonly key: string;
  readonly certificate: string;
  /** The CA of the site: a peer's certificate has to be of it. */
  readonly ca: string;
  readonly crl: string;
  /** Serials of revoked certificates, as `X509Certificate.serialNumber` gives them. */
  readonly revoked: ReadonlySet<string>;
}

export interface CredentialsSource {
  current(): LinkCredentials;
  /** Answers how to stop listening. */
  onChange(listener: () => void): () => void;
}

/** Who the other side is, as its certificate proves. */
export interface ProvedPeer {
  readonly host: string;
  readonly serial: string;
  /** When the certificate ends. */
  readonly notAfterMs: number;
}
