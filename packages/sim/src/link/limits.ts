/** Times and limits of simulated links. Times are virtual milliseconds. */
export interface LinkSettings {
  /** How often each side of an idle link sends a heartbeat. */
  readonly heartbeatMs: number;
  /** A link on which nothing was heard for so long is taken for dead. */
  readonly halfOpenMs: number;
  /** How long a connection may take until both sides know each other. */
  readonly handshakeMs: number;
  /** Pause before the next try to connect; doubled up to the most, and varied by chance. */
  readonly redialMs: number;
  readonly redialMaxMs: number;
  /** Pause before a batch that the peer refused is offered again. */
  readonly refusedRetryMs: number;
}

export const DEFAULT_LINK_SETTINGS: LinkSettings = {
  heartbeatMs: 1_000,
  halfOpenMs: 3_000,
  handshakeMs: 3_000,
  redialMs: 100,
  redialMaxMs: 2_000,
  refusedRetryMs: 500,
};

/** Time limit of a request unless given. */
export const REQUEST_TIMEOUT_MS = 5_000;
/** Encoded bytes of one question or answer. */
export const MAX_REQUEST_BYTES = 8 * 1024 * 1024;
/** Requests of one plugin that may wait for answers. */
export const MAX_OPEN_REQUESTS = 10_000;
/** Encoded bytes of one beat. */
export const MAX_BEAT_BYTES = 64 * 1024;
/** Records and bytes of one batch of a stream. */
export const MAX_BATCH_RECORDS = 100;
export const MAX_BATCH_BYTES = 256 * 1024;
/** Batches sent and not yet on the peer's disk. */
export const MAX_BATCHES_IN_FLIGHT = 8;
