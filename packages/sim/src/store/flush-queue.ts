import { type StoreLimits, storeErrors } from '@ftctl/sdk';
import type { SimProcess } from '../process.ts';
import type { SimDisk, StoreFile } from './disk.ts';
import { type Change, StoreState } from './state.ts';

interface PendingCommit {
  readonly changes: readonly Change[];
  readonly bytes: number;
  readonly settle: (error?: Error) => void;
}

export interface FlushQueueOptions {
  readonly process: SimProcess;
  readonly disk: SimDisk;
  readonly file: StoreFile;
  readonly limits: StoreLimits;
  /** Called after a flush with the logs that got records. */
  readonly onAppended: (logs: ReadonlySet<string>) => void;
}

/**
 * Commits on their way to the disk: those made while a flush runs share the
 * next one. Nothing becomes visible outside commits before its writer is told
 * that it is on disk.
 */
export class FlushQueue {
  readonly #options: FlushQueueOptions;
  #staged: StoreState;
  #waiting: PendingCommit[] = [];
  #inFlight: PendingCommit[] = [];
  #flushing = false;
  #pendingBytes = 0;
  #drainWaiters: (() => void)[] = [];
  #idleWaiters: (() => void)[] = [];

  constructor(options: FlushQueueOptions) {
    this.#options = options;
    this.#staged = new StoreState(options.file.state);
    options.process.onDeath(() => this.#tear());
  }

  /** What commits see. */
  get staged(): StoreState {
    return this.#staged;
  }

  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** @throws FtError FT_STORE_BUSY */
  checkRoom(bytes: number): void {
    const limit = this.#options.limits.pendingBytes;
    const sum = this.#pendingBytes + bytes;
    if (sum > limit) throw storeErrors.BUSY({ bytes: sum, limit });
  }

  add(changes: readonly Change[], bytes: number, settle: (error?: Error) => void): void {
    this.#waiting.push({ changes, bytes, settle });
    this.#pendingBytes += bytes;
    this.#schedule();
  }

  drained(): Promise<void> {
    if (this.#pendingBytes < this.#options.limits.softPendingBytes) return Promise.resolve();
    return this.#options.process.promise((resolve) => {
      this.#drainWaiters.push(() => resolve(undefined));
    });
  }

  idle(): Promise<void> {
    if (!this.#flushing && this.#waiting.length === 0) return Promise.resolve();
    return this.#options.process.promise((resolve) => {
      this.#idleWaiters.push(() => resolve(undefined));
    });
  }

  #schedule(): void {
    if (this.#flushing || this.#waiting.length === 0) return;
    this.#flushing = true;
    // Begins a moment later, so that all commits of this turn share the flush.
    this.#options.process.schedule(0, 'delivery', () => {
      this.#inFlight = this.#waiting;
      this.#waiting = [];
      this.#options.disk.flush((written) => this.#flushed(written));
    });
  }

  /** The disk has ended; the process learns of it now, or when it goes on. */
  #flushed(written: boolean): void {
    const { process, file } = this.#options;
    if (!process.alive) return;
    if (written) for (const commit of this.#inFlight) file.untold.push(commit.changes);
    process.enter('delivery', () => (written ? this.#told() : this.#failed()));
  }

  #told(): void {
    const { disk, file, process } = this.#options;
    const done = this.#inFlight;
    this.#inFlight = [];
    const appended = new Set<string>();
    for (const commit of done) {
      file.tell();
      for (const change of commit.changes) if (change.kind === 'append') appended.add(change.log);
    }
    this.#settled(done);
    if (appended.size > 0) this.#options.onAppended(appended);
    disk.ring(process.plugin);
  }

  /** Nothing of this flush was written, so what was staged upon it falls too. */
  #failed(): void {
    const lost = [...this.#inFlight, ...this.#waiting];
    this.#inFlight = [];
    this.#waiting = [];
    this.#staged = new StoreState(this.#options.file.state);
    const path = `/sim/${this.#options.process.host}`;
    this.#settled(lost, storeErrors.DISK_FULL({ path }));
  }

  #settled(commits: readonly PendingCommit[], error?: Error): void {
    this.#flushing = false;
    for (const commit of commits) {
      this.#pendingBytes -= commit.bytes;
      commit.settle(error);
    }
    if (this.#pendingBytes < this.#options.limits.softPendingBytes) {
      for (const wake of this.#drainWaiters.splice(0)) wake();
    }
    this.#schedule();
    if (!this.#flushing) for (const wake of this.#idleWaiters.splice(0)) wake();
  }

  /**
   * The writer died. Of a flush under way any number of its commits may have
   * reached the disk, always the oldest first; of those still waiting none.
   */
  #tear(): void {
    const { disk, file } = this.#options;
    const survivors = disk.random.int(this.#inFlight.length + 1);
    const untold = file.untold.length > 0;
    if (!untold && !disk.full && !disk.held) {
      for (const commit of this.#inFlight.slice(0, survivors)) file.untold.push(commit.changes);
    }
    file.settle();
    this.#inFlight = [];
    this.#waiting = [];
  }
}
