import type { Clock, Timer } from '@ftctl/sdk';
import type { SimProcess } from './process.ts';
import type { Scheduler } from './scheduler.ts';

/** Wall-clock time at the start of every world: 2026-01-01 00:00 UTC. */
export const WORLD_EPOCH_MS = Date.UTC(2026, 0, 1);

/**
 * The clock of a machine: virtual time, as its quartz counts it. A fault may
 * set its wall clock, or let it run fast or slow with all its timers.
 */
export class HostClock {
  /** How far the wall clock is off beside its drift, milliseconds. */
  offsetMs: number;
  readonly #scheduler: Scheduler;
  #rate = 1;
  #rateSince = 0;
  #countedMs = 0;

  constructor(scheduler: Scheduler, offsetMs: number) {
    this.#scheduler = scheduler;
    this.offsetMs = offsetMs;
  }

  /** Milliseconds since the world began, as this machine counts them. */
  elapsed(): number {
    return this.#countedMs + (this.#scheduler.now - this.#rateSince) * this.#rate;
  }

  /** Lets it run fast, or with a negative number slow, by so many parts of a million. */
  drift(ppm: number): void {
    this.#countedMs = this.elapsed();
    this.#rateSince = this.#scheduler.now;
    this.#rate = 1 + ppm / 1_000_000;
  }

  /** Virtual time that passes while this machine counts so much. A later drift changes no timer that is set. */
  virtualMs(countedMs: number): number {
    return countedMs / this.#rate;
  }
}

/**
 * The clock of one process. Its monotonic time starts at a random point in each
 * life, so that a plugin that keeps one over a restart is found out.
 */
export class SimClock implements Clock {
  readonly #process: SimProcess;
  readonly #host: HostClock;
  readonly #monotonicBase: number;

  constructor(process: SimProcess, host: HostClock, monotonicBase: number) {
    this.#process = process;
    this.#host = host;
    this.#monotonicBase = monotonicBase;
  }

  now(): number {
    return Math.floor(WORLD_EPOCH_MS + this.#host.elapsed() + this.#host.offsetMs);
  }

  monotonic(): number {
    return this.#monotonicBase + this.#host.elapsed();
  }

  setTimer(delayMs: number, run: () => void): Timer {
    const none: Timer = { cancel: () => undefined };
    if (!this.#process.call()) return none;
    let cancelled = false;
    const scheduled = this.#process.schedule(this.#host.virtualMs(delayMs), 'timer', () => {
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
