import { describeError, type ErrorShape, FtError, isFtError } from '@ftctl/sdk';
import { hostErrors } from './errors.ts';

/** Whatever was thrown, as it crosses a socket or goes into a file; `what` names what failed. */
export function errorShape(error: unknown, what = 'the operation'): ErrorShape {
  // One from another copy of the sdk may lack the method of this one.
  if (isFtError(error)) return FtError.prototype.toJSON.call(error);
  return hostErrors.FAILED({ what, why: describeError(error) }, error).toJSON();
}
