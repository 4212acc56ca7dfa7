import type { Clock } from '@ftctl/sdk';
import type { Network } from './transport.ts';
import { dialWs } from './ws-dial.ts';
import { listenWs } from './ws-listen.ts';

/** The real network: WebSockets. */
export function wsNetwork(clock: Clock): Network {
  return {
    listen: (options) => listenWs(options, clock),
    dial: (target) => dialWs(target, clock),
  };
}
