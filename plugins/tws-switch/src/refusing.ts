import { isLaterPlan } from '@ftctl/plan';
import type { OpenAnswer, OpenQuestion } from './channels.ts';
import { noSession, refusals } from './core/refusals.ts';
import { isCore } from './desk.ts';
import type { Workstation } from './workstation.ts';

/** Digits of a topology's hash by which two are told apart. */
const HASH_SHOWN = 12;

/** Why a peer gets no session now. Says to ourselves that there is a later plan, when the peer has one. */
export function refusalOf(
  { desk, turnover }: Workstation,
  { from, topology, plan }: OpenQuestion,
): OpenAnswer['refused'] {
  const { tree, roles } = desk;
  if (topology !== tree.topology.hash) {
    const there = topology.slice(0, HASH_SHOWN);
    const here = tree.topology.hash.slice(0, HASH_SHOWN);
    return noSession(refusals.OTHER_TOPOLOGY({ there, here }));
  }
  const own = turnover.plan;
  if (!isLaterPlan(plan, own)) return undefined;
  turnover.want(plan, from);
  // The manager is not kept waiting: it is the one to fetch the plan from.
  const isManager = roles.managerOf(tree.domainOf(from)) === from;
  if (!isCore(desk) || isManager) return undefined;
  return noSession(refusals.NOT_INITIALISED({ own: own.run, wanted: plan.run }));
}
