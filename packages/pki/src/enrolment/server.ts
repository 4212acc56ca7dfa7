import { constants, type X509Certificate } from 'node:crypto';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import { createServer as createTlsServer, type Server, type TLSSocket } from 'node:tls';
import { describeError, type FtError, isFtError } from '@ftctl/sdk';
import type { CertificateAuthority } from '../ca/authority.ts';
import type { CredentialsSource } from '../credentials/source.ts';
import { pkiErrors } from '../errors.ts';
import { keyHash } from '../keys.ts';
import { ENROLMENT } from '../limits.ts';
import type { CertificateAnswer, CertificateQuestion, CrlAnswer } from './protocol.ts';
import { PATHS } from './protocol.ts';

export interface EnrolmentServer {
  /** `address:port`. */
  readonly address: string;
  readonly port: number;
  close(): Promise<void>;
}

export interface EnrolmentOptions {
  readonly ca: CertificateAuthority;
  /** Of the CA's own host: what the server proves itself with. */
  readonly credentials: CredentialsSource;
  readonly address: string;
  /** 0: the system chooses. */
  readonly port: number;
  readonly onIssued?: (host: string, serial: string, how: 'join' | 'renew') => void;
  /** Somebody was turned away. */
  readonly onRefused?: (from: string, why: string) => void;
}

/** Who is at the other end, before a byte of a request was read. */
type Caller =
  | { readonly kind: 'host'; readonly certificate: X509Certificate }
  | { readonly kind: 'token'; readonly id: string };

/**
 * Serves the CA to hosts of the site and to holders of tokens. TLS asks everybody
 * for a certificate; whoever shows neither one of this site nor the key of a known
 * token is cut off before a request is read.
 *
 * @throws FtError FT_PKI_LISTEN
 */
export async function serveEnrolment(options: EnrolmentOptions): Promise<EnrolmentServer> {
  const { ca, credentials, onRefused = () => undefined } = options;
  const callers = new WeakMap<Socket, Caller>();
  const sockets = new Set<Socket>();
  /** Who has not shown a certificate yet, by address, the oldest first. */
  const strangers = new Map<string, Socket>();
  const http = createHttpServer(
    { maxHeaderSize: ENROLMENT.headerBytes, keepAlive: false },
    (request, response) => {
      const caller = callers.get(request.socket);
      if (caller === undefined) request.socket.destroy();
      else void answer(options, caller, request, response);
    },
  );
  http.on('clientError', (_error, stream) => stream.destroy());

  const server = createTlsServer({
    ...tlsOptions(credentials),
    requestCert: true,
    // The one place: a holder of a token has no certificate of this site yet.
    rejectUnauthorized: false,
    handshakeTimeout: ENROLMENT.handshakeMs,
  });
  server.maxConnections = ENROLMENT.connections;
  const stopListening = credentials.onChange(() =>
    server.setSecureContext(tlsOptions(credentials)),
  );

  server.on('connection', (socket: Socket) => {
    const from = addressOf(socket);
    sockets.add(socket);
    strangers.set(from, socket);
    const timer = setTimeout(() => socket.destroy(), ENROLMENT.connectionMs);
    socket.once('close', () => {
      clearTimeout(timer);
      sockets.delete(socket);
      strangers.delete(from);
    });
    socket.on('error', () => socket.destroy());
    if (strangers.size <= ENROLMENT.strangers) return;
    // The oldest has to go, so that a crowd of silent ones keeps no host out.
    const [oldest] = strangers.values();
    oldest?.destroy();
  });
  server.on('tlsClientError', (error, socket) => {
    onRefused(addressOf(underneath(socket)), `no TLS handshake: ${error.message}`);
    socket.destroy();
  });
  server.on('secureConnection', (socket) => {
    socket.on('error', () => socket.destroy());
    // A host that is about to join looks at the CA's certificate first, and shows none.
    if (socket.getPeerX509Certificate() === undefined) {
      socket.end();
      return;
    }
    recognise(ca, socket).then(
      (caller) => {
        strangers.delete(addressOf(socket));
        callers.set(socket, caller);
        http.emit('connection', socket);
      },
      (error: unknown) => {
        onRefused(addressOf(socket), describeError(error));
        socket.destroy();
      },
    );
  });

  const port = await bind(server, options);
  server.on('error', (error) => onRefused(`port ${port}`, error.message));
  return {
    address: joinAddress(options.address, port),
    port,
    close: () => {
      stopListening();
      return new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      });
    },
  };
}

async function recognise(ca: CertificateAuthority, socket: TLSSocket): Promise<Caller> {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) throw new Error('it shows no certificate');
  if (socket.authorized) {
    await ca.recognise(certificate);
    return { kind: 'host', certificate };
  }
  const id = keyHash(certificate.publicKey);
  if ((await ca.findToken(id)) !== undefined) return { kind: 'token', id };
  const why = String(socket.authorizationError);
  throw new Error(`its certificate is not of this site (${why}), nor of a token that is known`);
}

async function answer(
  options: EnrolmentOptions,
  caller: Caller,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { onRefused = () => undefined } = options;
  const from = addressOf(request.socket);
  try {
    send(response, 200, await carryOut(options, caller, request));
  } catch (error) {
    onRefused(from, describeError(error));
    const shown = isFtError(error) ? error : pkiErrors.REFUSED({ why: 'it failed itself' }, error);
    send(response, 403, { error: (shown as FtError).toJSON() });
  }
}

async function carryOut(
  options: EnrolmentOptions,
  caller: Caller,
  request: IncomingMessage,
): Promise<CertificateAnswer | CrlAnswer> {
  const { ca, onIssued = () => undefined } = options;
  const wanted = `${request.method} ${request.url}`;
  if (wanted === `GET ${PATHS.crl}` && caller.kind === 'host') return { crl: await ca.freshCrl() };
  if (wanted === `POST ${PATHS.join}` && caller.kind === 'token') {
    const issued = await ca.join(caller.id, await readQuestion(request));
    onIssued(issued.host, issued.serial, 'join');
    return certificateAnswer(ca, issued.certificate);
  }
  if (wanted === `POST ${PATHS.renew}` && caller.kind === 'host') {
    const issued = await ca.renew(caller.certificate, await readQuestion(request));
    onIssued(issued.host, issued.serial, 'renew');
    return certificateAnswer(ca, issued.certificate);
  }
  throw pkiErrors.REFUSED({
    why: `${caller.kind === 'host' ? 'a host' : 'a token'} may not ${wanted.slice(0, 80)}`,
  });
}

async function certificateAnswer(
  ca: CertificateAuthority,
  certificate: string,
): Promise<CertificateAnswer> {
  const site = { site: ca.site, caHost: ca.host };
  return { site, certificate, ca: ca.certificate, crl: await ca.freshCrl() };
}

/** The request in a question. Whatever is beyond the limit is let go by, unread. */
function readQuestion(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  return new Promise((resolve, reject) => {
    request.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes <= ENROLMENT.bodyBytes) pieces.push(piece);
      else reject(pkiErrors.REQUEST({ why: `more than ${ENROLMENT.bodyBytes} bytes` }));
    });
    request.on('end', () => {
      const text = parseQuestion(Buffer.concat(pieces).toString('utf8'));
      if (text !== undefined) resolve(text);
      else reject(pkiErrors.REQUEST({ why: 'the question has no field `request`' }));
    });
    request.on('error', reject);
    request.on('close', () => reject(pkiErrors.REQUEST({ why: 'it ended too early' })));
  });
}

function parseQuestion(text: string): string | undefined {
  try {
    const value = JSON.parse(text) as Partial<CertificateQuestion> | null;
    return typeof value?.request === 'string' ? value.request : undefined;
  } catch {
    // Not JSON: refused like a question without the field.
    return undefined;
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  const headers = { 'content-type': 'application/json', connection: 'close' };
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(text) }).end(text);
}

function tlsOptions(credentials: CredentialsSource) {
  const { key, certificate, ca, crl } = credentials.current();
  return {
    key,
    // The CA's own too: a host that joins knows it by its fingerprint alone.
    cert: certificate + ca,
    ca,
    crl,
    minVersion: 'TLSv1.3',
    // A resumed session would not look at the revocation list again.
    secureOptions: constants.SSL_OP_NO_TICKET,
  } as const;
}

function bind(server: Server, { address, port }: EnrolmentOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (cause: Error) =>
      reject(pkiErrors.LISTEN({ address: joinAddress(address, port), why: cause.message }, cause));
    server.once('error', failed);
    server.listen({ host: address, port }, () => {
      server.off('error', failed);
      const bound = server.address();
      resolve(typeof bound === 'object' && bound !== null ? bound.port : port);
    });
  });
}

function joinAddress(address: string, port: number): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port}`;
}

/** The TCP socket below: a TLS socket has forgotten its other end when the handshake fails. */
function underneath(socket: TLSSocket): Socket {
  const { _parent } = socket as { readonly _parent?: Socket | null };
  return _parent ?? socket;
}

function addressOf(socket: Socket): string {
  return `${socket.remoteAddress ?? 'unknown'}:${socket.remotePort ?? 0}`;
}
