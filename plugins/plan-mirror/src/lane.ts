import type { RowChange } from '@ftctl/plan/source';
import type { Seq } from '@ftctl/sdk';
import type { LanePosition } from './core/resume.ts';

/** Changes that one transaction of a lane writes. */
const BATCH_CHANGES = 2_000;

export type Apply = (changes: readonly RowChange[], position: LanePosition) => Promise<void>;

interface Entry {
  readonly seq: Seq;
  readonly changes: readonly RowChange[];
  /** To be done when all of it, and everything before it, is in the database. */
  readonly then?: () => Promise<void>;
}

/**
 * A lane: what waits in its mirrorbox, which ends in one transaction after
 * another. What it has applied already, in this life or one before, it skips.
 */
export class Lane {
  readonly lane: number;
  readonly #incarnation: string;
  readonly #apply: Apply;
  #waiting: Entry[] = [];
  #changes = 0;
  /** Everything up to it that is this lane's own is in the database. */
  #applied: Seq;
  #running: Promise<void> = Promise.resolve();
  #isRunning = false;
  #batch: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;

  constructor({ lane, incarnation, seq }: LanePosition, apply: Apply) {
    this.lane = lane;
    this.#incarnation = incarnation;
    this.#applied = seq;
    this.#apply = apply;
  }

  /** Changes that wait. */
  get waiting(): number {
    return this.#changes;
  }

  get applied(): Seq {
    return this.#applied;
  }

  get isBusy(): boolean {
    return this.#isRunning;
  }

  /** The transaction under way, or the last one. */
  get batch(): Promise<void> {
    return this.#batch;
  }

  add(seq: Seq, changes: readonly RowChange[], then?: () => Promise<void>): void {
    if (seq <= this.#applied) return;
    this.#waiting.push({ seq, changes, ...(then === undefined ? {} : { then }) });
    this.#changes += changes.length;
    if (this.#isRunning || this.#failure !== undefined) return;
    this.#isRunning = true;
    this.#running = this.#run();
  }

  /** Resolves when nothing waits. @throws what the database has said */
  async drained(): Promise<void> {
    await this.#running;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Notes that nothing of its own is missing up to there; to be called when nothing waits. */
  async advance(seq: Seq): Promise<void> {
    await this.drained();
    if (seq <= this.#applied) return;
    await this.#apply([], { lane: this.lane, incarnation: this.#incarnation, seq });
    this.#applied = seq;
  }

  async #run(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        this.#batch = this.#write(this.#next());
        await this.#batch;
      }
    } catch (error) {
      this.#failure = { error };
    } finally {
      this.#isRunning = false;
    }
  }

  async #write(batch: readonly Entry[]): Promise<void> {
    const seq = batch.at(-1)?.seq ?? this.#applied;
    const changes = batch.flatMap((entry) => entry.changes);
    await this.#apply(changes, { lane: this.lane, incarnation: this.#incarnation, seq });
    this.#applied = seq;
    this.#changes -= changes.length;
    await batch.at(-1)?.then?.();
  }

  #next(): readonly Entry[] {
    let count = 0;
    let changes = 0;
    for (const entry of this.#waiting) {
      changes += entry.changes.length;
      if (count > 0 && changes > BATCH_CHANGES) break;
      count += 1;
      if (entry.then !== undefined) break;
    }
    return this.#waiting.splice(0, count);
  }
}
