import { describeError } from '@ftctl/sdk';
import { parseSelection, type Selection } from '../core/conman/select.ts';
import { commandErrors } from './errors.ts';

/** What an operator has selected. @throws FtError FT_TWS_ARGUMENT */
export function selectionOf(text: string): Selection {
  try {
    return parseSelection(text);
  } catch (error) {
    throw commandErrors.ARGUMENT({ what: 'selection', why: describeError(error) }, error);
  }
}
