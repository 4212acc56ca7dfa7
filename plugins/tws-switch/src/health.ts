import type { Health } from '@ftctl/sdk';
import type { Workstation } from './workstation.ts';

/** Cheap, for the host: what is not as it should be. */
export function healthOf({ turnover, mending, sessions }: Workstation): Health {
  const why = turnover.waitsFor ?? mending.lacks;
  if (why !== undefined) return { state: 'degraded', reason: why };
  const closed = sessions.status().filter(({ open }) => !open);
  const [first] = closed;
  if (first === undefined) return { state: 'ok' };
  const reason = `no connection to ${closed.map(({ to }) => to).join(', ')}: ${first.why}`;
  return { state: 'degraded', reason };
}
