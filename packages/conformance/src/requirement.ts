import { describeError } from '@ftctl/sdk';

/** One thing that the contract asks of a plugin. */
export interface Requirement {
  /** `FTC-<AREA>-<NAME>`; stable, so that a report can be searched and quoted. */
  readonly id: string;
  /** A plugin that breaks a MUST does not conform; a broken SHOULD is shown. */
  readonly level: 'MUST' | 'SHOULD';
  readonly text: string;
}

/** A requirement with the way to test it on a subject. */
export interface Check<Subject> extends Requirement {
  /** Requirements without which this one cannot be tested. */
  readonly needs?: readonly string[];
  /** Why the plugin's claims leave this requirement out; undefined when they do not. */
  readonly notClaimed?: (subject: Subject) => string | undefined;
  /** Throws when the requirement is not met; `skip` when it cannot be told. */
  readonly test: (subject: Subject) => Promise<void> | void;
}

export type Status = 'passed' | 'failed' | 'skipped' | 'not-claimed';

export interface Result extends Requirement {
  readonly status: Status;
  /** What was found, why it was skipped, or why it does not apply. */
  readonly detail?: string;
  readonly durationMs: number;
}

class Skipped extends Error {}

/** Thrown by a subject that is asked for claims before they were read. */
export class NotRead extends Error {}

/** Ends a test that cannot be carried out. A claimed MUST that is skipped counts as a failure. */
export function skip(why: string): never {
  throw new Skipped(why);
}

/**
 * Tests one requirement after the other. One whose needs are not met is
 * skipped and says so, so that a broken plugin fails what it breaks and not
 * everything that follows from it.
 *
 * @param earlier results that `needs` may refer to
 */
export async function runChecks<Subject>(
  checks: readonly Check<Subject>[],
  subject: Subject,
  earlier: readonly Result[] = [],
  onResult: (result: Result) => void = () => undefined,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const check of checks) {
    const result = await runCheck(check, subject, [...earlier, ...results]);
    results.push(result);
    onResult(result);
  }
  return results;
}

async function runCheck<Subject>(
  check: Check<Subject>,
  subject: Subject,
  earlier: readonly Result[],
): Promise<Result> {
  const { id, level, text } = check;
  const started = performance.now();
  const end = (status: Status, detail?: string): Result => ({
    id,
    level,
    text,
    status,
    ...(detail !== undefined && { detail }),
    durationMs: Math.round(performance.now() - started),
  });
  const why = whyNotClaimed(check, subject);
  if (why !== undefined) return end('not-claimed', why);
  const unmet = (check.needs ?? []).find((need) => !isMet(need, earlier));
  if (unmet !== undefined) return end('skipped', `cannot be tested without ${unmet}`);
  try {
    await check.test(subject);
    return end('passed');
  } catch (error) {
    return end(error instanceof Skipped ? 'skipped' : 'failed', describeError(error));
  }
}

/** A plugin whose claims cannot be read is taken to claim everything. */
function whyNotClaimed<Subject>(check: Check<Subject>, subject: Subject): string | undefined {
  try {
    return check.notClaimed?.(subject);
  } catch (error) {
    if (error instanceof NotRead) return undefined;
    throw error;
  }
}

function isMet(id: string, results: readonly Result[]): boolean {
  const result = results.find((one) => one.id === id);
  return result?.status === 'passed' || result?.status === 'not-claimed';
}
