import { setTimeout as sleep } from 'node:timers/promises';
import { labErrors } from './errors.ts';
import { LOOK_EVERY_MS, WAIT_MS } from './limits.ts';

export interface WaitOptions {
  /** Default 20,000. */
  readonly timeoutMs?: number;
  /** Default 50. */
  readonly everyMs?: number;
  /** What is waited for, for the error. */
  readonly what?: string;
}

/**
 * Looks again and again until `look` answers something that is not false or undefined.
 *
 * @throws FtError FT_LAB_TIMEOUT
 */
export async function waitUntil<T>(
  look: () => Promise<T | false | undefined> | T | false | undefined,
  options: WaitOptions = {},
): Promise<T> {
  const { timeoutMs = WAIT_MS, everyMs = LOOK_EVERY_MS, what = 'what was waited for' } = options;
  const end = performance.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (seen !== false && seen !== undefined) return seen;
    if (performance.now() >= end) throw labErrors.TIMEOUT({ what, ms: timeoutMs });
    await sleep(everyMs);
  }
}
