/** Time, as a plugin may see it: the host's clock, or the virtual one of the simulated world. */
export interface Clock {
  /** Wall clock, milliseconds since 1970 UTC. It may jump; never measure a duration with it. */
  now(): number;
  /** Milliseconds since some fixed point, never going back. */
  monotonic(): number;
  /** Calls `run` once, `delayMs` from now, unless cancelled. */
  setTimer(delayMs: number, run: () => void): Timer;
}

export interface Timer {
  cancel(): void;
}

/** Resolves after `delayMs` on the given clock. */
export function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.setTimer(delayMs, resolve);
  });
}
