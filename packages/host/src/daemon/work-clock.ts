/** Longest step that a clock takes at once; what is beyond it, this process did not work. */
const MAX_STEP_MS = 1_000;

/**
 * Milliseconds that this process has worked. While it is paused (SIGSTOP, a
 * machine that sleeps) the clock stands still, so that a host that comes back
 * does not take its plugins for silent.
 */
export class WorkClock {
  readonly #monotonic: () => number;
  #workedMs = 0;
  #last: number;

  constructor(monotonic: () => number = () => performance.now()) {
    this.#monotonic = monotonic;
    this.#last = monotonic();
  }

  /** To be called more often than every second. */
  now(): number {
    const now = this.#monotonic();
    this.#workedMs += Math.min(now - this.#last, MAX_STEP_MS);
    this.#last = now;
    return this.#workedMs;
  }
}
