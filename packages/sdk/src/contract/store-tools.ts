import { text } from '../codec.ts';
import { describeError, isFtError } from '../errors.ts';
import type { Log, LogEntry, LogOptions, Store } from '../store.ts';
import { ensure } from './case.ts';

export const DEFAULT_PLUGIN = 'subject';

/** A roomy log of strings, for cases that are not about limits. */
export const ROOMY: LogOptions<string> = { codec: text, limitBytes: 1_000_000, overflow: 'refuse' };

/** A log that is full with ten bytes. */
export function tenBytes(overflow: LogOptions<string>['overflow']): LogOptions<string> {
  return { ...ROOMY, limitBytes: 10, overflow };
}

/** Appends strings in one commit. */
export function append(store: Store, log: Log<string>, ...values: string[]): Promise<void> {
  return store.commit((tx) => {
    for (const value of values) tx.append(log, value);
  });
}

export function values(entries: readonly LogEntry<string>[]): string[] {
  return entries.map((entry) => entry.value);
}

/** Requires that a promise is rejected with this code. */
export async function ensureRejected(
  promise: Promise<unknown>,
  code: string,
  text: string,
): Promise<void> {
  const outcome = await promise.then(
    () => 'it resolved',
    (error) => (isFtError(error, code) ? undefined : describeError(error)),
  );
  ensure(outcome === undefined, `${text}: expected ${code}, got ${outcome}`);
}

/** Requires that a call throws this code. */
export function ensureThrows(call: () => unknown, code: string, text: string): void {
  let outcome = 'nothing was thrown';
  try {
    call();
  } catch (error) {
    if (isFtError(error, code)) return;
    outcome = describeError(error);
  }
  ensure(false, `${text}: expected ${code}, got ${outcome}`);
}

/** Keeps watch on a promise without waiting for it. */
export function watch(promise: Promise<unknown>): { settled(): boolean } {
  let settled = false;
  const done = () => {
    settled = true;
  };
  promise.then(done, done);
  return { settled: () => settled };
}

/** Lets all promise callbacks run that are due now. */
export async function turn(): Promise<void> {
  for (let step = 0; step < 20; step += 1) await Promise.resolve();
}
