import type { JobId, Plan } from '@ftctl/plan';
import { PRIORITY_HI } from './gates.ts';
import { isRunning } from './satisfied.ts';

/** Buckets by priority: 0 to `go`. */
const PRIORITIES = 102;

/**
 * Jobs that may be launched, the highest priority first, and of one priority in
 * the order in which they became ready. Keeps count of what runs.
 */
export class ReadyQueue {
  readonly #plan: Plan;
  readonly #buckets: Set<JobId>[] = Array.from({ length: PRIORITIES }, () => new Set());
  readonly #priorities = new Map<JobId, number>();
  readonly #running = new Set<JobId>();

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  add(id: JobId): void {
    const priority = Math.min(this.#plan.job(id).s?.priority ?? 0, PRIORITIES - 1);
    if (this.#priorities.get(id) === priority) return;
    this.remove(id);
    this.#priorities.set(id, priority);
    this.#buckets[priority]?.add(id);
  }

  /** Not to be launched any more: it was, or cannot be. */
  remove(id: JobId): void {
    this.#takeOut(id);
    if (isRunning(this.#plan.job(id))) this.#running.add(id);
    else this.#running.delete(id);
  }

  /** It is another workstation's to launch and to count. */
  forget(id: JobId): void {
    this.#takeOut(id);
    this.#running.delete(id);
  }

  started(id: JobId): void {
    this.#running.add(id);
  }

  /** After a change of limit or fence nothing needs to move: `next` asks for the limit each time. */
  relook(): void {
    for (const id of this.#running) if (!isRunning(this.#plan.job(id))) this.#running.delete(id);
  }

  /** The next job that a workstation with this limit may launch. */
  next(limit: number): JobId | undefined {
    for (let priority = PRIORITIES - 1; priority >= 0; priority -= 1) {
      if (priority < PRIORITY_HI && this.#running.size >= limit) return undefined;
      const [first] = this.#buckets[priority] ?? [];
      if (first !== undefined) return first;
    }
    return undefined;
  }

  #takeOut(id: JobId): void {
    const priority = this.#priorities.get(id);
    if (priority !== undefined) this.#buckets[priority]?.delete(id);
    this.#priorities.delete(id);
  }
}
