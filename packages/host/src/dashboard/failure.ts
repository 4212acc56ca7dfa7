import { describeError, type FtError, isFtError } from '@ftctl/sdk';
import { dashboardErrors } from './errors.ts';

/** What a browser is told of an error. */
export interface FailureBody {
  readonly code: string;
  readonly message: string;
  readonly action: string;
}

export function bodyOf(error: FtError): FailureBody {
  const { code, message, action } = error.toJSON();
  return { code, message, action };
}

/** What went wrong, with the status that a browser understands. */
export function failure(error: unknown): [FailureBody, 400 | 404 | 503] {
  if (!isFtError(error)) {
    return [bodyOf(dashboardErrors.FAILED({ why: describeError(error) })), 503];
  }
  const { code } = error;
  if (code === 'FT_VIEW_NOT_FOUND' || code === 'FT_VIEW_NOTHING_THERE') return [bodyOf(error), 404];
  if (code === 'FT_VIEW_BAD_QUERY' || code.endsWith('_ARGUMENT')) return [bodyOf(error), 400];
  return [bodyOf(error), 503];
}
