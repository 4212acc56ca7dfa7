import type { Clock, Logger, Random, Store } from '@ftctl/sdk';
import type { BackOffRange } from './core/back-off.ts';
import type { CredentialsSource } from './io/credentials.ts';
import type { Network } from './io/transport.ts';

/** Where plugins are: host name, plugin id, `address:port`, or `address` alone when the plugin gives the port. */
export type Directory = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface LinkOptions {
  /** This host's name and this plugin's id, as peers know them. */
  readonly self: { readonly host: string; readonly plugin: string };
  readonly store: Store;
  readonly directory: Directory;
  /** Where to accept links; without it the plugin only dials. Port 0: the system chooses. */
  readonly listen?: { readonly address: string; readonly port: number };
  /** With them all links, also on loopback, use mutual TLS; without them loopback alone is used. */
  readonly credentials?: CredentialsSource;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly timing?: Partial<LinkTiming>;
  /** Default: WebSockets. */
  readonly network?: Network;
}

/** All times of a link. */
export interface LinkTiming {
  /** Between pings. */
  readonly heartbeatIntervalMs: number;
  /** Silence after which a connection counts as dead; noticed within `noticeLimitMs`, 2.8 s with the defaults. */
  readonly silenceLimitMs: number;
  /** From the dialing to the welcome, and from the accepting to the hello. */
  readonly handshakeLimitMs: number;
  readonly reconnect: BackOffRange;
  /** Being up for so long makes earlier failures forgotten. */
  readonly stableAfterMs: number;
  /** Before a refused stream, or a failed move of its cursor, is tried again. */
  readonly retry: BackOffRange;
}

export const DEFAULT_TIMING: LinkTiming = {
  heartbeatIntervalMs: 700,
  silenceLimitMs: 2_000,
  handshakeLimitMs: 3_000,
  reconnect: { minMs: 50, maxMs: 2_000 },
  stableAfterMs: 5_000,
  retry: { minMs: 50, maxMs: 5_000 },
};

/**
 * Longest time, in milliseconds, in which a dead connection goes unnoticed. The
 * last sign of life is counted at the tick after it, and silence is measured in
 * whole ticks from there.
 */
export function noticeLimitMs(timing: LinkTiming): number {
  const ticks = 1 + Math.ceil(timing.silenceLimitMs / timing.heartbeatIntervalMs);
  return ticks * timing.heartbeatIntervalMs;
}
