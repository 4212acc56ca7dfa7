import type { Clock } from '@ftctl/sdk';

/** Longest delay that the system's timers hold; a longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The real clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer(delayMs, run) {
    let timer: NodeJS.Timeout;
    const wait = (leftMs: number): void => {
      const partMs = Math.min(leftMs, MAX_TIMER_MS);
      timer = setTimeout(() => (leftMs > partMs ? wait(leftMs - partMs) : run()), partMs);
    };
    wait(delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};
