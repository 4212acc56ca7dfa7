import type { Clock } from '@ftctl/sdk';
import { WebSocket } from 'ws';
import { requireLoopback } from './loopback.ts';
import type { DialTarget, Transport } from './transport.ts';
import { HTTP_LIMITS, LINK_PATH, SOCKET_LIMITS } from './ws-options.ts';
import { WsTransport } from './ws-transport.ts';

/** Opens a WebSocket to another host's link. The TLS socket will come in here. */
export function dialWs(target: DialTarget, clock: Clock): Transport {
  requireLoopback(target.address);
  const host = target.address.includes(':') ? `[${target.address}]` : target.address;
  const ws = new WebSocket(`ws://${host}:${target.port}${LINK_PATH}`, {
    followRedirects: false,
    ...SOCKET_LIMITS,
    ...HTTP_LIMITS,
  });
  return new WsTransport(ws, `${host}:${target.port}`, clock);
}
