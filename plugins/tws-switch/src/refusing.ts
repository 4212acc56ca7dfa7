import { isLaterPlan } from '@ftctl/plan';
import type { OpenAnswer, OpenQuestion } from './channels.ts';
import { isCore } from './desk.ts';
import type { Workstation } from './workstation.ts';

/** Why a peer gets no session now. Says to ourselves that there is a later plan, when the peer has one. */
export function refusalOf(
  { desk, turnover }: Workstation,
  { from, topology, plan }: OpenQuestion,
): OpenAnswer['refused'] {
  const { tree, roles } = desk;
  if (topology !== tree.topology.hash) {
    const why = `another topology: ${topology.slice(0, 12)} there, ${tree.topology.hash.slice(0, 12)} here`;
    return { code: 'FT_TWS_OTHER_TOPOLOGY', why };
  }
  const own = turnover.plan;
  if (!isLaterPlan(plan, own)) return undefined;
  turnover.want(plan);
  // The manager is not kept waiting: it is the one to fetch the plan from.
  const isManager = roles.managerOf(tree.domainOf(from)) === from;
  if (!isCore(desk) || isManager) return undefined;
  const why = `not initialised yet: has plan ${own.run} of ${plan.run}`;
  return { code: 'FT_TWS_NOT_INITIALISED', why };
}
