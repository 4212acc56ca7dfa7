import { type Clock, type Logger, linkErrors } from '@ftctl/sdk';
import { OFFENCE_LINES, OFFENCE_WINDOW_MS } from './core/limits.ts';

/**
 * Writes down who was cut off and why. A bounded number of lines in each window
 * of time: a stranger must not be able to fill the disk.
 */
export class Offences {
  readonly #clock: Clock;
  readonly #log: Logger;
  #windowStartMs: number;
  #lines = 0;
  #dropped = 0;

  constructor(clock: Clock, log: Logger) {
    this.#clock = clock;
    this.#log = log;
    this.#windowStartMs = clock.monotonic();
  }

  report(from: string, why: string): void {
    const nowMs = this.#clock.monotonic();
    if (nowMs - this.#windowStartMs >= OFFENCE_WINDOW_MS) {
      this.#windowStartMs = nowMs;
      this.#lines = 0;
    }
    if (this.#lines >= OFFENCE_LINES) {
      this.#dropped += 1;
      return;
    }
    this.#lines += 1;
    const error = linkErrors.PROTOCOL({ from, why });
    this.#log.warn(error.message, { code: error.code, from, unreported: this.#dropped });
    this.#dropped = 0;
  }
}
