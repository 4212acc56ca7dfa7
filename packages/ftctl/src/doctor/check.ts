import { describeError, isFtError } from '@ftctl/sdk';

/** What one check of `ftctl doctor` has found. */
export interface Finding {
  /** What was looked at. */
  readonly check: string;
  readonly state: 'ok' | 'note' | 'problem';
  readonly text: string;
  /** What to do; absent when all is well. */
  readonly action?: string;
  /** Code of the error behind it, for `ftctl explain`. */
  readonly code?: string;
}

export function ok(check: string, text: string): Finding {
  return { check, state: 'ok', text };
}

export function note(check: string, text: string, action: string): Finding {
  return { check, state: 'note', text, action };
}

export function problem(check: string, text: string, action: string): Finding {
  return { check, state: 'problem', text, action };
}

/** A finding for an error: its own words, when it has them. */
export function fromError(check: string, error: unknown): Finding {
  if (!isFtError(error)) {
    return problem(
      check,
      describeError(error),
      'Correct the cause, then run `ftctl doctor` again.',
    );
  }
  const { code, message, action } = error;
  return { check, state: 'problem', text: message, action, code };
}
