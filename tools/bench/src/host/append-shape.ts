/** What both sides of `append-vs-raw` do alike. */
export const SHAPE = {
  /** Writer processes at the same time, each with an environment of its own. */
  processes: 2,
  recordBytes: 200,
  /** Records in one commit. */
  batchRecords: 100,
  /** Commits under way at the same time in one process. */
  commitsInFlight: 8,
  warmUpMs: 500,
  measureMs: 3_000,
} as const;

/** `store`: packages/store; `raw`: lmdb itself. */
export type Side = 'store' | 'raw';

/** Appends batches; a batch has arrived when it is flushed to disk. */
export interface Appender {
  /** Resolves when all records of this batch are durable. */
  appendBatch(records: readonly Uint8Array[]): Promise<void>;
  close(): Promise<void>;
}

/** What a writer process answers. */
export interface Written {
  readonly records: number;
  readonly elapsedMs: number;
}
