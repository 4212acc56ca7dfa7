/**
 * The thin seam between the store and its engine. What stands behind it is an
 * ordered map of bytes with snapshots, one atomic write at a time, and a flush.
 * Tests put a disk in its place that is slow, full or dead.
 */
export interface Env {
  /** The newest state on disk, unchanged until released. Hold one only for long if nobody else writes. */
  snapshot(): Snapshot;
  /**
   * Applies operations in order, all or none. Resolves when they are on disk.
   *
   * @throws what the operating system or the engine said, as `EnvFailure`
   */
  write(operations: readonly Operation[]): Promise<void>;
  /**
   * Reads and writes at once, excluding every other process. Only for opening:
   * it blocks the thread.
   */
  exclusive(change: (snapshot: Snapshot) => readonly Operation[]): void;
  statistics(): EnvStatistics;
  /** Clears readers that died. */
  readerCheck(): void;
  close(): Promise<void>;
}

/** What an environment takes on disk. */
export interface EnvStatistics {
  readonly fileBytes: number;
  /** The part of it that is free to be written again. */
  readonly freeBytes: number;
  readonly readers: number;
}

/** `value` undefined: the key is removed. */
export interface Operation {
  readonly key: Uint8Array;
  readonly value?: Uint8Array;
}

export interface Range {
  /** Included. */
  readonly from: Uint8Array;
  /** Not included. */
  readonly to: Uint8Array;
}

/** All bytes that it returns are copies, free to keep. */
export interface Snapshot {
  get(key: Uint8Array): Uint8Array | undefined;
  entries(range: Range): Iterable<{ readonly key: Uint8Array; readonly value: Uint8Array }>;
  keys(range: Range, limit: number): Uint8Array[];
  /** The greatest key in `from` to `at`, both included. */
  lastKey(from: Uint8Array, at: Uint8Array): Uint8Array | undefined;
  release(): void;
}

/** Why a write failed. */
export class EnvFailure extends Error {
  override readonly name = 'EnvFailure';
  readonly diskFull: boolean;

  constructor(message: string, diskFull: boolean, cause?: unknown) {
    super(message, { cause });
    this.diskFull = diskFull;
  }
}
