import type { Io } from '../io.ts';
import { painter } from './colour.ts';

const CLEAR_LINE = '\r\u001b[2K';

/**
 * Tells on standard error what a long command does at present: one line that
 * changes on a terminal, a line for each step anywhere else.
 */
export class Progress {
  private readonly io: Io;
  private shown = false;

  constructor(io: Io) {
    this.io = io;
  }

  step(text: string): void {
    const { stderr } = this.io;
    if (!stderr.isTTY) {
      stderr.write(`${text}\n`);
      return;
    }
    const width = (stderr.columns ?? 80) - 1;
    const line = `${text} ...`.slice(0, width);
    stderr.write(`${CLEAR_LINE}${painter(stderr, this.io.env)('dim', line)}`);
    this.shown = true;
  }

  /** Takes the line away, before anything else is printed. */
  done(): void {
    if (this.shown) this.io.stderr.write(CLEAR_LINE);
    this.shown = false;
  }
}
