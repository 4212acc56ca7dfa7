/**
 * What a store accepts at most. All sizes are bytes as encoded. Every
 * implementation uses these defaults, so that a plugin meets the same limits in
 * the simulated world and on a real disk.
 */
export interface StoreLimits {
  /** One record of a log, or one value of a table. */
  readonly recordBytes: number;
  /** One key of a table, origin of a counter, or name of a cursor. */
  readonly keyBytes: number;
  /** Name of a log, of a set of counters or of a table. */
  readonly nameBytes: number;
  /** All that one commit writes. */
  readonly commitBytes: number;
  /** All that waits for the disk; a commit that would go beyond is refused with FT_STORE_BUSY. */
  readonly pendingBytes: number;
  /** `drained()` waits until less than this waits for the disk. */
  readonly softPendingBytes: number;
  /** Cursors of one log. */
  readonly cursorsPerLog: number;
}

const MIB = 1024 * 1024;

export const DEFAULT_STORE_LIMITS: StoreLimits = {
  recordBytes: 8 * MIB,
  keyBytes: 1024,
  nameBytes: 128,
  commitBytes: 32 * MIB,
  pendingBytes: 64 * MIB,
  softPendingBytes: 8 * MIB,
  cursorsPerLog: 1024,
};

/** Records that one `read` returns unless told otherwise. */
export const DEFAULT_READ_RECORDS = 1_000;
/** Encoded bytes that one `read` returns unless told otherwise. */
export const DEFAULT_READ_BYTES = MIB;
/** Entries that one `entries` returns unless told otherwise. */
export const DEFAULT_RANGE_ENTRIES = 10_000;
