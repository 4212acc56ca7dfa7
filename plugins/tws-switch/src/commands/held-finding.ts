import type { Finding } from '../core/finding.ts';
import type { Workstation } from '../workstation.ts';

/**
 * What an operator has to know before a workstation that is held may launch again:
 * a full-status agent that it has no connection to may alone know of a job that it
 * has launched, which would run again.
 */
export function heldFinding({ desk, sessions }: Workstation): Finding | undefined {
  const { self, domain, tree } = desk;
  const held = desk.book.plan.cpu(self).s?.held;
  if (held === undefined) return undefined;
  const core = new Set(tree.coreOf(domain));
  const closed = sessions.status().filter(({ to, open }) => !open && core.has(to));
  const away = [...new Set(closed.map(({ to }) => to))].join(', ');
  const first = away === '' ? '' : `bring back ${away}, who may know what has run here; `;
  const action = `${first}\`ftctl tws unhold ${self}\``;
  return { severity: 'warning', what: `${self} is held`, why: held, action };
}
