import { randomBytes } from 'node:crypto';
import type { Clock, LogFields, Logger, Random } from '@ftctl/sdk';

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};

export const systemRandom: Random = {
  float: () => Math.random(),
  int: (below) => Math.floor(Math.random() * below),
  bytes: (length) => randomBytes(length),
  id: () => randomBytes(16).toString('hex'),
};

/** A logger that keeps its lines, for tests that look at them. */
export class KeptLog implements Logger {
  readonly lines: string[] = [];
  readonly debug = (text: string, fields?: LogFields) => this.#keep('debug', text, fields);
  readonly info = (text: string, fields?: LogFields) => this.#keep('info', text, fields);
  readonly warn = (text: string, fields?: LogFields) => this.#keep('warn', text, fields);
  readonly error = (text: string, fields?: LogFields) => this.#keep('error', text, fields);
  child(): Logger {
    return this;
  }
  #keep(level: string, text: string, fields: LogFields | undefined): void {
    this.lines.push(`${level} ${text} ${fields === undefined ? '' : JSON.stringify(fields)}`);
  }
}
