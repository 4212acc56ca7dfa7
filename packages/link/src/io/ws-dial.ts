import type { Clock } from '@ftctl/sdk';
import { WebSocket } from 'ws';
import { requireLoopback } from './loopback.ts';
import type { Tls } from './tls.ts';
import type { DialTarget, Transport } from './transport.ts';
import { HTTP_LIMITS, LINK_PATH, SOCKET_LIMITS } from './ws-options.ts';
import { WsTransport } from './ws-transport.ts';

/** Opens a WebSocket to another host's link; without `tls` on loopback alone. */
export function dialWs(target: DialTarget, clock: Clock, tls: Tls | undefined): Transport {
  if (tls === undefined) requireLoopback(target.address);
  const host = target.address.includes(':') ? `[${target.address}]` : target.address;
  const scheme = tls === undefined ? 'ws' : 'wss';
  const ws = new WebSocket(`${scheme}://${host}:${target.port}${LINK_PATH}`, {
    followRedirects: false,
    ...SOCKET_LIMITS,
    ...HTTP_LIMITS,
    ...tls?.dialOptions(target.host),
    generateMask: zeroMask,
  });
  return new WsTransport(ws, `${host}:${target.port}`, clock, { tls });
}

/**
 * Masks exist so that a page in a browser cannot make proxies take its bytes for
 * something else (RFC 6455, 10.3). We are no browser, and between two of our
 * hosts there is loopback or TLS: a mask of zeros, which ws does not even apply,
 * saves a fifth of the sender's work.
 */
function zeroMask(mask: Buffer): void {
  mask.fill(0);
}
