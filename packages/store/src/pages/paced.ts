import { setImmediate } from 'node:timers/promises';
import { STEP_MS } from '../limits.ts';

/** Runs small steps one after the other, and lets everything else have its turn in between. */
export async function paced(steps: Iterable<unknown>): Promise<void> {
  let started = performance.now();
  for (const _ of steps) {
    if (performance.now() - started < STEP_MS) continue;
    await setImmediate();
    started = performance.now();
  }
}

/** Runs them all at once. */
export function atOnce(steps: Iterable<unknown>): void {
  for (const _ of steps);
}
