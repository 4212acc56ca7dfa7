/**
 * What a link accepts at most. Every implementation uses these defaults, so that
 * a plugin meets the same limits in the simulated world and on a real network.
 */
export interface LinkLimits {
  /** Encoded bytes of one question, and of one answer. */
  readonly requestBytes: number;
  /** Encoded bytes of one beat. */
  readonly beatBytes: number;
  /** Questions to one peer that wait for their answer; one more is refused with FT_LINK_BUSY. */
  readonly requestsInFlight: number;
  /** Characters of a channel's name. */
  readonly channelNameLength: number;
}

export const DEFAULT_LINK_LIMITS: LinkLimits = {
  requestBytes: 1024 * 1024,
  beatBytes: 16 * 1024,
  requestsInFlight: 256,
  channelNameLength: 64,
};

/** Time limit of a request that names none, milliseconds. */
export const DEFAULT_REQUEST_TIMEOUT_MS = 5_000;
