/**
 * Bounds of the real store that are not part of the contract: how it lays out
 * its data and paces its writes.
 */

const KIB = 1024;
const MIB = 1024 * KIB;

/** Format of the environment. A store with a higher one is not opened. */
export const STORE_FORMAT = 1;

/**
 * Size that a block of log records grows to. A value this large takes whole
 * pages of its own; 16 bytes of the first are LMDB's. Of 4, 16 and 64 KiB the
 * largest was fastest under appending and trimming, with the smallest file.
 */
export const BLOCK_BYTES = 64 * KIB - 16;

/** A batch takes further commits until it writes this much. */
export const BATCH_BYTES = 16 * MIB;
export const BATCH_OPERATIONS = 20_000;

/** What an operation counts beside its bytes, so that small ones are bounded as well. */
export const OPERATION_OVERHEAD_BYTES = 128;
/** What a record counts beside its bytes. */
export const RECORD_OVERHEAD_BYTES = 16;

/** Blocks of trimmed records that one batch removes; the rest goes with the next ones. */
export const TRIMMED_BLOCKS_PER_BATCH = 2_000;

/** First size of the memory map; LMDB makes it larger by itself. */
export const MAP_BYTES = 64 * MIB;

/** Processes and transactions that may read one environment at the same time. */
export const MAX_READERS = 254;

/** How often readers that died are cleared, so that their pages can be used again. */
export const READER_CHECK_INTERVAL_MS = 60_000;

/** Free space below which a failed write is taken for a full disk, beside twice the batch. */
export const FULL_DISK_BYTES = MIB;

/** Long work (a check, a survey, an inspection) lets others have their turn after this. */
export const STEP_MS = 5;

/** How often a log is looked at when nothing tells of new records. */
export const POLL_INTERVAL_MS = 250;
/** The same while a doorbell is connected: only in case that a ring is lost. */
export const POLL_WITH_BELL_INTERVAL_MS = 5_000;
