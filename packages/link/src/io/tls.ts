import { constants, X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import {
  createSecureContext,
  type PeerCertificate,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import type { Clock } from '@ftctl/sdk';
import { MAX_EXPIRED_MS } from '../core/limits.ts';
import { HOST_NAME } from '../core/names.ts';
import type { CredentialsSource, ProvedPeer } from './credentials.ts';

/** What is done with a connection whose peer's certificate is revoked. */
export type Cut = (why: string) => void;

/**
 * Mutual TLS 1.3 with the site's own CA. New connections use the credentials as
 * they are then; open ones go on when a certificate is renewed, and are cut when
 * the peer's is revoked.
 */
export class Tls {
  readonly #source: CredentialsSource;
  readonly #clock: Clock;
  readonly #open = new Map<Socket, { readonly peer: ProvedPeer; readonly cut: Cut }>();
  readonly #listeners = new Set<() => void>();
  readonly #stopListening: () => void;
  #dialContext: SecureContext | undefined;

  constructor(source: CredentialsSource, clock: Clock) {
    this.#clock = clock;
    this.#source = source;
    this.#stopListening = source.onChange(() => this.#changed());
  }

  /** For the server: `setSecureContext` takes them again after each change. */
  listenOptions() {
    return { ...this.#contextOptions(), requestCert: true, rejectUnauthorized: true } as const;
  }

  /** Tells that `listenOptions` are others now. Answers how to stop listening. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** For a connection to `host`, which its certificate has to prove. */
  dialOptions(host: string) {
    this.#dialContext ??= createSecureContext(this.#contextOptions());
    return {
      secureContext: this.#dialContext,
      rejectUnauthorized: true,
      // A host is known by the name in its certificate, wherever it is reached.
      servername: '',
      checkServerIdentity: (_name: string, found: PeerCertificate) => wrongHost(found, host),
    } as const;
  }

  /** Who is at the other end of a connection that TLS has accepted. */
  prove(socket: TLSSocket): ProvedPeer | undefined {
    const certificate = socket.getPeerX509Certificate();
    const host = certificate === undefined ? undefined : provedHost(certificate);
    if (certificate === undefined || host === undefined) return undefined;
    return {
      host,
      serial: certificate.serialNumber,
      notAfterMs: Date.parse(certificate.validTo),
    };
  }

  /** Cuts the connection as soon as the peer's certificate is revoked, which may be now. */
  watch(socket: Socket, peer: ProvedPeer, cut: Cut): void {
    this.#open.set(socket, { peer, cut });
    socket.once('close', () => this.#open.delete(socket));
    this.#cutUnfit();
  }

  close(): void {
    this.#stopListening();
  }

  #changed(): void {
    this.#dialContext = undefined;
    for (const listener of this.#listeners) listener();
    this.#cutUnfit();
  }

  /** Runs at each change, so at least as often as the CA signs its list: every hour. */
  #cutUnfit(): void {
    const { revoked } = this.#source.current();
    const nowMs = this.#clock.now();
    for (const [socket, { peer, cut }] of [...this.#open]) {
      const isRevoked = revoked.has(peer.serial);
      if (!isRevoked && nowMs <= peer.notAfterMs + MAX_EXPIRED_MS) continue;
      this.#open.delete(socket);
      cut(`the certificate of ${peer.host} ${isRevoked ? 'is revoked' : 'ended long ago'}`);
    }
  }

  #contextOptions() {
    const { key, certificate, ca, crl } = this.#source.current();
    return {
      key,
      cert: certificate,
      ca,
      crl,
      minVersion: 'TLSv1.3',
      // A resumed session would not look at the revocation list again.
      secureOptions: constants.SSL_OP_NO_TICKET,
    } as const;
  }
}

/** The other side has a certificate of this site, and it is not that of the host that was dialed. */
export class WrongHostError extends Error {}

function wrongHost(found: PeerCertificate, wanted: string): Error | undefined {
  const host = provedHost(new X509Certificate(found.raw));
  if (host === wanted) return undefined;
  return new WrongHostError(`its certificate is of ${host ?? 'no host'}, not of ${wanted}`);
}

/** The one alternative name of a certificate of this site is its host. */
function provedHost(certificate: X509Certificate): string | undefined {
  const name = /^DNS:(.*)$/s.exec(certificate.subjectAltName ?? '')?.[1];
  return name !== undefined && HOST_NAME.test(name) ? name : undefined;
}

/** What OpenSSL says of a certificate, by its code, in words for an operator. */
const CERTIFICATE_PROBLEMS: Readonly<Record<string, string>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not of the CA of this site',
  UNABLE_TO_GET_ISSUER_CERT: 'its certificate is not of the CA of this site',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is not of the CA of this site',
  UNABLE_TO_GET_CRL: 'its certificate is not of the CA of this site',
  CERT_SIGNATURE_FAILURE: 'its certificate is not of the CA of this site',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not of the CA of this site',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not of the CA of this site',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet: compare the clocks',
  CERT_REVOKED: 'its certificate is revoked',
  ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE: 'it shows no certificate',
  ERR_SSL_HTTP_REQUEST: 'it speaks without TLS: that host has not joined the site',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it speaks no TLS: that host has not joined the site',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'it speaks an older TLS than 1.3',
};

/** A failed handshake in words, when it is the other side's fault; undefined otherwise. */
export function certificateProblem(code: unknown): string | undefined {
  return typeof code === 'string' ? CERTIFICATE_PROBLEMS[code] : undefined;
}

/** As Node says it, without a code of its own, when the other side ends a handshake. */
const ENDED_EARLY = /disconnected before secure TLS connection/;
/** The same once this side is done with it: with TLS 1.3 a server that refuses our certificate comes after. */
const ENDED_LATE = /socket hang up|ECONNRESET/;

/** A handshake that was ended by the other side, in words; undefined for anything else. */
export function handshakeEnd({ message }: Error): string | undefined {
  if (ENDED_EARLY.test(message)) {
    return 'it ended the connection before TLS was up; perhaps that host has not joined the site';
  }
  if (!ENDED_LATE.test(message)) return undefined;
  return 'it ended the connection after the handshake; perhaps the certificate of this host is revoked, has expired, or is of another site';
}
