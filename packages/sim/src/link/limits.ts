/**
 * Times of simulated links, virtual milliseconds. The defaults are those of the
 * real link, so that a plugin meets the same delays.
 */
export interface LinkSettings {
  /** Between the pings of the side that dialed. */
  readonly heartbeatMs: number;
  /** Silence after which a connection counts as dead; noticed at a heartbeat. */
  readonly silenceMs: number;
  /** From the dialing to the welcome. */
  readonly handshakeMs: number;
  /** Pause before the next try to connect, doubling between the two. */
  readonly redial: BackOff;
  /** Being up for so long makes earlier failures forgotten. */
  readonly stableMs: number;
  /** Pause before a refused batch, or a failed move of a cursor, is tried again. */
  readonly retry: BackOff;
}

export interface BackOff {
  readonly minMs: number;
  readonly maxMs: number;
}

export const DEFAULT_LINK_SETTINGS: LinkSettings = {
  heartbeatMs: 700,
  silenceMs: 2_000,
  handshakeMs: 3_000,
  redial: { minMs: 50, maxMs: 2_000 },
  stableMs: 5_000,
  retry: { minMs: 50, maxMs: 5_000 },
};

/** Longest time in which a dead connection goes unnoticed while both sides run. */
export function noticeLimitMs(settings: LinkSettings): number {
  return (Math.ceil(settings.silenceMs / settings.heartbeatMs) + 1) * settings.heartbeatMs;
}

/** The pause after so many failures in a row: doubling, and of that between half and all by chance. */
export function backOffMs(range: BackOff, failures: number, chance: number): number {
  // Beyond 2^30 the doubling has long reached any sensible limit.
  const doublings = Math.min(Math.max(failures - 1, 0), 30);
  const ceiling = Math.min(range.maxMs, range.minMs * 2 ** doublings);
  return ceiling / 2 + (ceiling / 2) * chance;
}

/** Records and bytes of one batch of a stream. */
export const MAX_BATCH_RECORDS = 100;
export const MAX_BATCH_BYTES = 48 * 1024;
/** Batches of one stream that are sent and not yet on the peer's disk. */
export const MAX_BATCHES_IN_FLIGHT = 8;
