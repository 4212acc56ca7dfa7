import { X509Certificate } from 'node:crypto';
import { request as httpsRequest } from 'node:https';
import { connect, type PeerCertificate } from 'node:tls';
import { errorFromShape, isFtError } from '@ftctl/sdk';
import { fingerprintOf } from '../ca/files.ts';
import { pkiErrors } from '../errors.ts';
import { ASKING } from '../limits.ts';
import { provedHost } from '../names.ts';
import type { RefusalAnswer } from './protocol.ts';

/** Whom to ask, how to know him, and what to show him. */
export interface CaTarget {
  /** `address:port`. */
  readonly address: string;
  readonly caHost: string;
  /** PEM. */
  readonly ca: string;
  readonly crl?: string;
  /** PEM of what the caller proves itself with. */
  readonly key: string;
  readonly certificate: string;
}

/**
 * Asks the CA over mutual TLS: its certificate must be of that CA, and of the
 * CA's host.
 *
 * @throws FtError FT_PKI_UNREACHABLE, FT_PKI_TOKEN_UNKNOWN, FT_PKI_ANSWER, or the CA's own refusal
 */
export async function askCa<Answer>(
  target: CaTarget,
  method: 'GET' | 'POST',
  path: string,
  question?: object,
): Promise<Answer> {
  const { address } = target;
  const { status, text } = await exchange(target, method, path, question);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    throw pkiErrors.ANSWER({ address, why: 'it is not JSON' }, cause);
  }
  if (status === 200) return body as Answer;
  const { error } = body as Partial<RefusalAnswer>;
  if (typeof error?.code !== 'string') throw pkiErrors.ANSWER({ address, why: `status ${status}` });
  throw errorFromShape(error);
}

function exchange(
  target: CaTarget,
  method: string,
  path: string,
  question: object | undefined,
): Promise<{ readonly status: number; readonly text: string }> {
  const { address, caHost, ca, crl, key, certificate } = target;
  const body = question === undefined ? undefined : JSON.stringify(question);
  return new Promise((resolve, reject) => {
    let isSecure = false;
    const request = httpsRequest(
      {
        ...splitAddress(address),
        method,
        path,
        agent: false,
        key,
        cert: certificate,
        ca,
        ...(crl === undefined ? {} : { crl }),
        minVersion: 'TLSv1.3',
        // It is known by the name in its certificate, wherever it is.
        servername: '',
        checkServerIdentity: (_name, found) => wrongHost(found, caHost),
        headers: {
          connection: 'close',
          ...(body === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
        },
      },
      (response) => {
        const pieces: Buffer[] = [];
        let bytes = 0;
        response.on('data', (piece: Buffer) => {
          bytes += piece.length;
          if (bytes > ASKING.answerBytes) request.destroy(new Error('the answer is too long'));
          pieces.push(piece);
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(pieces).toString() }),
        );
        response.on('error', (cause) => request.destroy(cause));
      },
    );
    const timer = setTimeout(
      () => request.destroy(new Error(`no answer within ${ASKING.totalMs} ms`)),
      ASKING.totalMs,
    );
    request.on('socket', (socket) => socket.once('secureConnect', () => (isSecure = true)));
    request.on('error', (cause: NodeJS.ErrnoException) => {
      if (isFtError(cause)) return reject(cause);
      // It knows by then who we are: with TLS 1.3 its refusal comes after our side is done.
      const isCut = isSecure && ['ECONNRESET', 'EPIPE'].includes(cause.code ?? '');
      if (isCut) reject(pkiErrors.TOKEN_UNKNOWN({ address }, cause));
      else reject(pkiErrors.UNREACHABLE({ address, why: cause.message }, cause));
    });
    request.on('close', () => clearTimeout(timer));
    request.end(body);
  });
}

/**
 * Fetches the certificate of the CA behind an address and compares it with its
 * fingerprint. Nothing is sent that a stranger could use, and nothing else of
 * what it says is believed.
 *
 * @throws FtError FT_PKI_UNREACHABLE, FT_PKI_FINGERPRINT
 */
export function fetchCaCertificate(address: string, fingerprint: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      ...splitAddress(address),
      minVersion: 'TLSv1.3',
      servername: '',
      // What it is trusted for is decided below, by the fingerprint.
      rejectUnauthorized: false,
    });
    const timer = setTimeout(
      () => socket.destroy(new Error(`no handshake within ${ASKING.totalMs} ms`)),
      ASKING.totalMs,
    );
    socket.on('close', () => clearTimeout(timer));
    socket.on('error', (cause) =>
      reject(pkiErrors.UNREACHABLE({ address, why: cause.message }, cause)),
    );
    socket.on('secureConnect', () => {
      const found = lastOf(socket.getPeerCertificate(true));
      socket.end();
      if (found !== undefined && fingerprintOf(found) === fingerprint) resolve(found.toString());
      else reject(pkiErrors.FINGERPRINT({ address }));
    });
  });
}

/** The end of the chain that the server has sent: its CA. */
function lastOf(chain: PeerCertificate & { issuerCertificate?: PeerCertificate }) {
  let certificate = chain;
  // A chain that ends in itself, as OpenSSL gives it; bounded by what a handshake may carry.
  while (certificate.issuerCertificate && certificate.issuerCertificate !== certificate) {
    certificate = certificate.issuerCertificate;
  }
  return certificate.raw === undefined ? undefined : new X509Certificate(certificate.raw);
}

function wrongHost(found: PeerCertificate, wanted: string): Error | undefined {
  const host = provedHost(new X509Certificate(found.raw));
  if (host === wanted) return undefined;
  return new Error(`it proves to be ${host ?? 'no host'}, not ${wanted}`);
}

function splitAddress(address: string): { readonly host: string; readonly port: number } {
  const at = address.lastIndexOf(':');
  const host = address.slice(0, at).replace(/^\[|\]$/g, '');
  return { host, port: Number(address.slice(at + 1)) };
}
