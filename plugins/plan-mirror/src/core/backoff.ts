const FIRST_MS = 1_000;
const MOST_MS = 5 * 60_000;
/** A copy that has lasted so long was not in vain: the next one does not wait. */
const CALM_MS = 10 * 60_000;

/**
 * How long to wait before another copy of the same plan is taken, so that copies
 * in a row cannot burden anybody. The first copy of a plan does not wait: plans
 * are made, and masters switched, by somebody who means it.
 */
export class Backoff {
  #plan: string | undefined;
  #nextMs = 0;
  #lastMs = Number.NEGATIVE_INFINITY;

  /**
   * @param plan names the plan that is to be copied
   * @returns milliseconds to wait from now on
   */
  wait(nowMs: number, plan: string): number {
    if (this.#isFirst(nowMs, plan)) return 0;
    return Math.max(0, this.#lastMs + this.#nextMs - nowMs);
  }

  /** A copy is taken. */
  taken(nowMs: number, plan: string): void {
    this.#nextMs = this.#isFirst(nowMs, plan) ? FIRST_MS : Math.min(this.#nextMs * 2, MOST_MS);
    this.#lastMs = nowMs;
    this.#plan = plan;
  }

  /** An operator asks for one: it does not wait. */
  forgive(): void {
    this.#plan = undefined;
  }

  #isFirst(nowMs: number, plan: string): boolean {
    return plan !== this.#plan || nowMs - this.#lastMs >= CALM_MS;
  }
}
