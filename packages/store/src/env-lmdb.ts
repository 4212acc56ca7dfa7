import { mkdirSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isFtError, storeErrors } from '@ftctl/sdk';
import { open, type RootDatabase, type RootDatabaseOptions } from 'lmdb';
import {
  type Env,
  EnvFailure,
  type EnvStatistics,
  type Operation,
  type Range,
  type Snapshot,
} from './env.ts';
import { FULL_DISK_BYTES, MAP_BYTES, MAX_READERS } from './limits.ts';
import { PageFile } from './pages/page-file.ts';
import { countFreePages } from './pages/walk.ts';

type Database = RootDatabase<Uint8Array, Uint8Array> & {
  readonly status: string;
  readerList(): string;
  backup(path: string, compact: boolean): Promise<void>;
};
type ReadTransaction = ReturnType<Database['useReadTransaction']>;

/** What lmdb takes and its type declarations leave out. */
interface LmdbOptions {
  readonly batchStartThreshold: number;
  readonly permissionsMode: number;
}

/** File of an environment that holds its data. */
export function dataFile(path: string): string {
  return join(path, 'data.mdb');
}

/** False also for a file that is still empty: nothing was ever stored there. */
export function hasData(path: string): boolean {
  return (statSync(dataFile(path), { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/**
 * Opens an LMDB environment, creating it unless `readOnly`.
 *
 * @throws FtError FT_STORE_FAILED, FT_STORE_CORRUPT, FT_STORE_DISK_FULL
 */
export function openLmdb(path: string, options: { readonly readOnly: boolean }): LmdbEnv {
  try {
    if (!options.readOnly) mkdirSync(path, { recursive: true, mode: 0o700 });
    else if (!hasData(path)) {
      throw new Error('it does not exist; it is made when the plugin starts for the first time');
    }
    if (hasData(path)) PageFile.open(dataFile(path)).close();
    return new LmdbEnv(path, options.readOnly);
  } catch (cause) {
    throw openFailure(path, cause);
  }
}

export class LmdbEnv implements Env {
  readonly #path: string;
  readonly #readOnly: boolean;
  #db: Database;

  constructor(path: string, readOnly: boolean) {
    this.#path = path;
    this.#readOnly = readOnly;
    this.#db = openDatabase(path, readOnly);
    this.#db.readerCheck();
  }

  snapshot(): Snapshot {
    const db = this.#db;
    db.resetReadTxn();
    const transaction = db.useReadTransaction();
    // Makes it ours alone. Else lmdb keeps a cursor on it for its own next read, and
    // that cursor is left without a transaction when this one ends.
    db.resetReadTxn();
    // Closing an environment ends its transactions; ending one again would crash the process.
    const release = () => {
      if (this.#db === db && db.status === 'open') transaction.done();
    };
    return new LmdbSnapshot(db, { transaction }, release);
  }

  async write(operations: readonly Operation[]): Promise<void> {
    try {
      await this.#db.batch(() => this.#put(operations));
    } catch (error) {
      const cause = await causeOf(error);
      await this.#recover();
      throw new EnvFailure(messageOf(cause), this.#isFull(cause, operations), cause);
    }
  }

  exclusive(change: (snapshot: Snapshot) => readonly Operation[]): void {
    this.#db.transactionSync(() =>
      this.#put(change(new LmdbSnapshot(this.#db, {}, () => undefined))),
    );
  }

  statistics(): EnvStatistics {
    // While a snapshot is held, nothing that it or a later head leads to is written over.
    const snapshot = this.snapshot();
    const file = PageFile.open(dataFile(this.#path));
    try {
      const freeBytes = countFreePages(file) * file.head.pageBytes;
      const readers = this.#db.readerList().trim().split('\n').length - READER_LIST_HEAD_LINES;
      return { fileBytes: file.size, freeBytes, readers: Math.max(0, readers) };
    } finally {
      file.close();
      snapshot.release();
    }
  }

  /** Copies what is on disk into a folder, without what is free. Other processes may write meanwhile. */
  copyTo(folder: string): Promise<void> {
    return this.#db.backup(folder, true);
  }

  readerCheck(): void {
    this.#db.readerCheck();
  }

  close(): Promise<void> {
    return this.#db.close();
  }

  #put(operations: readonly Operation[]): void {
    for (const { key, value } of operations) {
      // Inside a batch these promises never settle on their own: the batch's does.
      if (value === undefined) void this.#db.remove(key);
      else void this.#db.put(key, value);
    }
  }

  /**
   * A write that failed half-way through the root page leaves the environment
   * unusable until it is opened again; lmdb's write thread would then wait for
   * ever, so ask on this thread first.
   */
  async #recover(): Promise<void> {
    try {
      this.#db.transactionSync(() => undefined);
    } catch {
      // Whatever it said: a new handle on the last state on disk is the answer.
      await this.#db.close();
      this.#db = openDatabase(this.#path, this.#readOnly);
    }
  }

  /** LMDB calls a write that ended short an input/output error, so look at the disk as well. */
  #isFull(cause: unknown, operations: readonly Operation[]): boolean {
    if (FULL_DISK_CODES.has(codeOf(cause))) return true;
    const needed = operations.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
    const { bavail, bsize } = statfsSync(this.#path);
    return bavail * bsize < FULL_DISK_BYTES + 2 * needed;
  }
}

/** A line of titles stands before LMDB's list of readers. */
const READER_LIST_HEAD_LINES = 1;

function openDatabase(path: string, readOnly: boolean): Database {
  const options: LmdbOptions & RootDatabaseOptions = {
    readOnly,
    // Else a folder with a dot in its name is taken for a file.
    noSubdir: false,
    keyEncoding: 'binary',
    encoding: 'binary',
    compression: false,
    // Else other processes see a change before it is on disk.
    overlappingSync: false,
    // Else a promise that nobody can catch is rejected at each failed write.
    eventTurnBatching: false,
    // Else the write thread starts on, and waits for, a batch that is still being made.
    batchStartThreshold: Number.MAX_SAFE_INTEGER,
    mapSize: MAP_BYTES,
    maxReaders: MAX_READERS,
    maxDbs: 1,
    permissionsMode: 0o600,
  };
  return open<Uint8Array, Uint8Array>(path, options) as Database;
}

class LmdbSnapshot implements Snapshot {
  readonly #db: Database;
  /** Without a transaction, reads see the write transaction that is open. */
  readonly #options: { transaction?: ReadTransaction };
  readonly release: () => void;

  constructor(db: Database, options: { transaction?: ReadTransaction }, release: () => void) {
    this.#db = db;
    this.#options = options;
    this.release = release;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    this.#checkOpen();
    return this.#db.get(key, this.#options);
  }

  entries({ from, to }: Range): Iterable<{ readonly key: Uint8Array; readonly value: Uint8Array }> {
    this.#checkOpen();
    return this.#db.getRange({ ...this.#options, start: from, end: to });
  }

  keys({ from, to }: Range, limit: number): Uint8Array[] {
    this.#checkOpen();
    return [...this.#db.getKeys({ ...this.#options, start: from, end: to, limit })];
  }

  lastKey(from: Uint8Array, at: Uint8Array): Uint8Array | undefined {
    this.#checkOpen();
    const range = { ...this.#options, start: at, end: from, reverse: true, limit: 1 };
    return [...this.#db.getKeys(range)][0];
  }

  /** A read of an environment that is closed would end the process. */
  #checkOpen(): void {
    if (this.#db.status !== 'open') throw storeErrors.CLOSED();
  }
}

const FULL_DISK_CODES: ReadonlySet<string | number | undefined> = new Set([
  28, // ENOSPC
  122, // EDQUOT on Linux
  69, // EDQUOT on macOS
  27, // EFBIG
  'ENOSPC',
  'EDQUOT',
  'EFBIG',
]);

const INVALID_FILE_CODES: ReadonlySet<string | number | undefined> = new Set([
  -30796, // MDB_CORRUPTED
  -30794, // MDB_VERSION_MISMATCH
  -30793, // MDB_INVALID
]);

function codeOf(error: unknown): string | number | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  const { code } = error;
  return typeof code === 'string' || typeof code === 'number' ? code : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A failed batch carries its reason as a promise that is always rejected. */
async function causeOf(error: unknown): Promise<unknown> {
  if (!(error instanceof Error) || !('commitError' in error)) return error;
  return Promise.resolve(error.commitError).then(
    () => error,
    (reason: unknown) => reason,
  );
}

/** What the operating system or LMDB said at opening, as the store says it. */
export function openFailure(path: string, cause: unknown): Error {
  if (isFtError(cause)) return cause;
  const code = codeOf(cause);
  if (FULL_DISK_CODES.has(code)) return storeErrors.DISK_FULL({ path }, cause);
  const why = messageOf(cause);
  if (INVALID_FILE_CODES.has(code)) {
    return storeErrors.CORRUPT({ what: dataFile(path), why }, cause);
  }
  return storeErrors.FAILED({ path, operation: 'opened', why }, cause);
}
