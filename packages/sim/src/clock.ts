import type { Clock, Timer } from '@ftctl/sdk';
import type { SimProcess } from './process.ts';

/** Wall-clock time at the start of every world: 2026-01-01 00:00 UTC. */
export const WORLD_EPOCH_MS = Date.UTC(2026, 0, 1);

/** A machine's wall clock: virtual time, wrong by `offsetMs`, which a fault may change. */
export interface WallClock {
  offsetMs: number;
}

/**
 * The clock of one process. Its monotonic time starts at a random point in each
 * life, so that a plugin that keeps one over a restart is found out.
 */
export class SimClock implements Clock {
  readonly #process: SimProcess;
  readonly #wall: WallClock;
  readonly #monotonicBase: number;

  constructor(process: SimProcess, wall: WallClock, monotonicBase: number) {
    this.#process = process;
    this.#wall = wall;
    this.#monotonicBase = monotonicBase;
  }

  now(): number {
    return Math.floor(WORLD_EPOCH_MS + this.#process.scheduler.now + this.#wall.offsetMs);
  }

  monotonic(): number {
    return this.#monotonicBase + this.#process.scheduler.now;
  }

  setTimer(delayMs: number, run: () => void): Timer {
    const none: Timer = { cancel: () => undefined };
    if (!this.#process.call()) return none;
    let cancelled = false;
    const scheduled = this.#process.schedule(delayMs, 'timer', () => {
      if (!cancelled) run();
    });
    return {
      cancel: () => {
        cancelled = true;
        scheduled.cancel();
      },
    };
  }
}
