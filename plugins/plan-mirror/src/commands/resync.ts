import type { CommandResult } from '@ftctl/sdk';
import { mirrorErrors } from '../errors.ts';
import type { Mirror } from '../mirror.ts';

/** `ftctl plan resync`: asks for a copy; `status` shows how far it is. */
export function resync(mirror: Mirror): CommandResult {
  const { phase, why } = mirror.status();
  if (phase === 'idle' || phase === 'starting') {
    throw mirrorErrors.NOT_FOLLOWING({ why: why ?? 'the mirror is starting' });
  }
  mirror.resync();
  return { data: { asked: true }, text: 'a copy of the plan is taken; see `ftctl plan status`' };
}
