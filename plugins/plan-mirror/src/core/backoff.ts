const FIRST_MS = 1_000;
const MOST_MS = 5 * 60_000;
/** A copy that has lasted so long was not in vain: the next one does not wait. */
const CALM_MS = 10 * 60_000;

/** How long to wait before another copy is taken, so that copies in a row cannot burden anybody. */
export class Backoff {
  #nextMs = 0;
  #lastMs = Number.NEGATIVE_INFINITY;

  /** @returns milliseconds to wait from now on */
  wait(nowMs: number): number {
    if (nowMs - this.#lastMs >= CALM_MS) this.#nextMs = 0;
    const untilMs = this.#lastMs + this.#nextMs;
    return Math.max(0, untilMs - nowMs);
  }

  /** A copy is taken. */
  taken(nowMs: number): void {
    this.#nextMs = nowMs - this.#lastMs >= CALM_MS ? FIRST_MS : Math.min(this.#nextMs * 2, MOST_MS);
    this.#lastMs = nowMs;
  }

  /** An operator asks for one: it does not wait. */
  forgive(): void {
    this.#nextMs = 0;
    this.#lastMs = Number.NEGATIVE_INFINITY;
  }
}
