import type { JobPart, JobState, PartKey, Plan } from '@ftctl/plan';
import { allAnswered, allFollowed } from './satisfied.ts';

/** What stands between a job and its launch. */
export interface Gate {
  readonly state: Extract<JobState, 'HOLD' | 'SCHED' | 'FENCE' | 'READY'>;
  /** It is to be cancelled now. */
  readonly cancel?: true;
  readonly waitsUntilMs?: number;
}

/** Priorities from here on pass the limit of their workstation, as in the field (`hi`, `go`). */
export const PRIORITY_HI = 100;

/**
 * Works out what a job that has not been launched waits for, and keeps the times
 * at which something may open by itself.
 */
export class Gates {
  readonly #plan: Plan;
  /** Keys by the time they wait for. */
  readonly #times = new Map<PartKey, number>();
  #next: number | undefined;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  of(part: JobPart, { nowMs, fence }: { nowMs: number; fence: number }): Gate {
    const { def, s } = part;
    if (def === undefined) return { state: 'HOLD' };
    const stream = this.#plan.stream(def.stream);
    if (stream.s?.state === 'CANCEL') return { state: 'HOLD', cancel: true };
    const isFree = s?.released === true;
    const isFollowed = isFree || (stream.s?.open === true && allFollowed(this.#plan, def.follows));
    if (isFollowed && s?.cancelPending === true) return { state: 'HOLD', cancel: true };
    const priority = s?.priority ?? def.priority;
    if (priority === 0 || !isFollowed || stream.s?.open !== true) return { state: 'HOLD' };
    if (!isFree && !allAnswered(this.#plan, def.prompts)) return { state: 'HOLD' };
    if (!isFree && def.atMs !== undefined && def.atMs > nowMs) {
      return { state: 'SCHED', waitsUntilMs: def.atMs };
    }
    return { state: priority > fence ? 'READY' : 'FENCE' };
  }

  waitUntil(key: PartKey, timeMs: number | undefined): void {
    if (timeMs === undefined) {
      if (this.#times.delete(key)) this.#next = undefined;
      return;
    }
    this.#times.set(key, timeMs);
    this.#next = undefined;
  }

  /** The earliest of the times that something waits for. */
  get nextMs(): number | undefined {
    if (this.#times.size === 0) return undefined;
    if (this.#next === undefined) {
      this.#next = Number.POSITIVE_INFINITY;
      for (const time of this.#times.values()) this.#next = Math.min(this.#next, time);
    }
    return this.#next;
  }

  /** Keys whose time has come. */
  *due(nowMs: number): Generator<PartKey> {
    if ((this.nextMs ?? Number.POSITIVE_INFINITY) > nowMs) return;
    for (const [key, time] of [...this.#times]) {
      if (time > nowMs) continue;
      this.#times.delete(key);
      this.#next = undefined;
      yield key;
    }
  }
}
