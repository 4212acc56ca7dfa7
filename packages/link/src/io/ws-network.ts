import type { Clock } from '@ftctl/sdk';
import type { CredentialsSource } from './credentials.ts';
import { Tls } from './tls.ts';
import type { Network } from './transport.ts';
import { dialWs } from './ws-dial.ts';
import { listenWs } from './ws-listen.ts';

/** The real network: WebSockets, over mutual TLS with credentials, on loopback alone without. */
export function wsNetwork(clock: Clock, credentials?: CredentialsSource): Network {
  const tls = credentials === undefined ? undefined : new Tls(credentials, clock);
  return {
    listen: (options) => listenWs(options, clock, tls),
    dial: (target) => dialWs(target, clock, tls),
    close: () => tls?.close(),
  };
}
