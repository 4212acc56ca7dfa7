import { writeSync } from 'node:fs';

/**
 * Says something on standard error, which is the job's log. A log that cannot be
 * written, on a disk that is full say, ends no launcher: the job's end is still
 * to be recorded.
 */
export function say(text: string): void {
  try {
    // Not by `process.stderr`, whose errors come later, to nobody.
    writeSync(2, `ftctl launcher: ${text}\n`);
  } catch {
    // Nowhere left to say so.
  }
}
