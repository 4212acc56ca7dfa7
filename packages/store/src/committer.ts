import {
  isFtError,
  type StoreDamage,
  type StoreLimits,
  storeErrors,
  type Transaction,
} from '@ftctl/sdk';
import { Batch } from './batch.ts';
import { batchOperations } from './batch-operations.ts';
import { type Env, EnvFailure, type Snapshot } from './env.ts';
import type { LiveLog } from './live-log.ts';
import { Staging } from './staging.ts';
import { CommitTransaction, type HandleRegistry } from './transaction.ts';
import { View } from './view.ts';

export interface CommitterOptions {
  readonly env: Env;
  readonly path: string;
  readonly limits: StoreLimits;
  readonly registry: HandleRegistry;
  /** A damaged entry that may stand for any that is not found. */
  readonly suspect: StoreDamage | undefined;
  /** Called after a flush that was successful, with the logs that it appended to. */
  readonly onFlushed: (appended: readonly LiveLog[]) => void;
  /** Called when what was not on disk has been dropped: the live logs are to be loaded anew. */
  readonly onTakenBack: () => void;
}

/**
 * Group commit. Commits apply at once, to a batch in memory; one batch at a time
 * is written and flushed, while the next one gathers. Nothing blocks the event
 * loop while the disk works.
 */
export class Committer {
  readonly #options: CommitterOptions;
  /** Not on disk, oldest first. While `#flushing`, the first is being written. */
  #batches: Batch[] = [];
  #flushing = false;
  #scheduled = false;
  #applying = false;
  #drains: (() => void)[] = [];
  /** Held from flush to flush, so that reads cannot see a batch before its commits resolve. */
  #snapshot: Snapshot;
  #view: View;

  constructor(options: CommitterOptions) {
    this.#options = options;
    this.#snapshot = options.env.snapshot();
    this.#view = new View(this.#snapshot, options.suspect);
  }

  /** What is on disk, of commits that have resolved. */
  get view(): View {
    return this.#view;
  }

  get pendingBytes(): number {
    return this.#batches.reduce((sum, batch) => sum + batch.bytes, 0);
  }

  /** Applies a commit; the promise is settled when its batch is. */
  commit<R>(apply: (tx: Transaction) => R, unrecorded: Iterable<LiveLog>): Promise<R> {
    if (this.#applying) return Promise.reject(misuse('a commit was asked for inside a commit'));
    const batch = this.#fillingBatch();
    const { limits, registry } = this.#options;
    const staging = new Staging(limits, this.#batches, batch, this.#view);
    let result: R;
    try {
      result = this.#apply(new CommitTransaction(staging, registry, () => this.#applying), apply);
      this.#checkPending(staging.bytes);
    } catch (error) {
      staging.takeBack();
      return Promise.reject(error);
    }
    staging.keep();
    for (const log of unrecorded) {
      const staged = batch.log(log);
      staged.state = log.state;
      staged.settings = log.settings;
      log.recorded = true;
    }
    this.#schedule();
    return new Promise((resolve, reject) => {
      batch.commits.push({ resolve: () => resolve(result), reject });
    });
  }

  drained(): Promise<void> {
    if (this.pendingBytes < this.#options.limits.softPendingBytes) return Promise.resolve();
    return new Promise((resolve) => {
      this.#drains.push(resolve);
    });
  }

  /** Resolves when no commit waits any more. */
  async idle(): Promise<void> {
    while (this.#batches.length > 0) {
      const last = this.#batches.at(-1);
      this.#schedule();
      await new Promise<void>((resolve) => {
        last?.commits.push({ resolve, reject: () => resolve() });
      });
    }
  }

  /** Drops what is not on disk, and the snapshot. Of no use afterwards. */
  end(): void {
    this.#rejectAll(storeErrors.CLOSED());
    this.#release();
    this.#snapshot.release();
  }

  #apply<R>(tx: Transaction, apply: (tx: Transaction) => R): R {
    this.#applying = true;
    try {
      const result = apply(tx);
      if (!isThenable(result)) return result;
      // Its later failure is a consequence: the caller hears of the cause here.
      result.then(undefined, () => undefined);
      throw misuse('apply returned a promise; it has to be synchronous');
    } finally {
      this.#applying = false;
    }
  }

  #checkPending(bytes: number): void {
    const limit = this.#options.limits.pendingBytes;
    const pending = this.pendingBytes;
    if (pending + bytes > limit) throw storeErrors.BUSY({ bytes: pending, limit });
  }

  #fillingBatch(): Batch {
    const last = this.#batches.at(-1);
    const isBeingWritten = this.#flushing && this.#batches.length === 1;
    if (last !== undefined && !isBeingWritten && !last.isFull) return last;
    const batch = new Batch();
    this.#batches.push(batch);
    return batch;
  }

  /** Starts the next flush at the end of this turn, so that all of its commits share it. */
  #schedule(): void {
    if (this.#scheduled || this.#flushing || this.#batches.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      void this.#flush();
    });
  }

  async #flush(): Promise<void> {
    const batch = this.#batches[0];
    if (batch === undefined) return;
    this.#flushing = true;
    try {
      const operations = batchOperations(batch, this.#view);
      if (operations.length > 0) await this.#options.env.write(operations);
    } catch (error) {
      this.#flushing = false;
      this.#takeBackAll(error);
      return;
    }
    this.#flushing = false;
    if (this.#batches[0] !== batch) return; // ended meanwhile
    this.#batches.shift();
    this.#renewView();
    for (const commit of batch.commits) commit.resolve();
    this.#release();
    this.#options.onFlushed(appendedLogs(batch));
    this.#trimFurther(batch);
    this.#schedule();
  }

  /** A batch removes a bounded number of trimmed blocks: the next one goes on. */
  #trimFurther(batch: Batch): void {
    const left = [...batch.logs.keys()].filter((log) => log.trimmedBlocks);
    if (left.length === 0) return;
    const next = this.#fillingBatch();
    for (const log of left) next.log(log).state = log.state;
  }

  #takeBackAll(error: unknown): void {
    if (this.#batches.length === 0) return; // ended meanwhile
    this.#rejectAll(flushFailure(error, this.#options.path));
    this.#renewView();
    this.#options.onTakenBack();
    this.#release();
  }

  #rejectAll(reason: unknown): void {
    const batches = this.#batches;
    this.#batches = [];
    for (const batch of batches) for (const commit of batch.commits) commit.reject(reason);
  }

  #renewView(): void {
    this.#snapshot.release();
    this.#snapshot = this.#options.env.snapshot();
    this.#view = new View(this.#snapshot, this.#options.suspect);
  }

  #release(): void {
    if (this.pendingBytes >= this.#options.limits.softPendingBytes) return;
    const drains = this.#drains;
    this.#drains = [];
    for (const resolve of drains) resolve();
  }
}

function appendedLogs(batch: Batch): LiveLog[] {
  return [...batch.logs].filter(([, staged]) => staged.blocks.length > 0).map(([log]) => log);
}

function flushFailure(error: unknown, path: string): Error {
  if (isFtError(error)) return error;
  if (error instanceof EnvFailure && error.diskFull) return storeErrors.DISK_FULL({ path }, error);
  const why = error instanceof Error ? error.message : String(error);
  return storeErrors.FAILED({ path, operation: 'written', why }, error);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  );
}

function misuse(why: string): Error {
  return storeErrors.MISUSE({ why });
}
