import type { PlanEvent } from './events.ts';
import type { WorkstationName } from './model.ts';
import type { PartKey } from './parts.ts';
import type { Plan } from './plan.ts';
import type { Tree } from './tree.ts';

/** In `to`: every workstation. */
export const EVERYONE = '@';

/** Whom a message is for, beside all that hear everything from below; by name. */
export interface Audience {
  readonly plan: Plan;
  readonly tree: Tree;
  /** Workstation that runs the jobs of another (an extended agent has a host). */
  readonly runnerOf: (ws: WorkstationName) => WorkstationName;
}

/**
 * Workstations that need an event, worked out by its origin from its plan: those
 * that wait for what it tells, and whom it asks. `asker` of an `answer` is the
 * origin of the command.
 */
export function audienceOf(
  { plan, tree, runnerOf }: Audience,
  event: PlanEvent,
  origin: WorkstationName,
): readonly WorkstationName[] {
  const names = new Set<WorkstationName>();
  const addOwner = (key: PartKey) => {
    const part = plan.part(key);
    if (part !== undefined && 'def' in part && part.def !== undefined && 'ws' in part.def) {
      names.add(runnerOf(part.def.ws));
    }
  };
  const addFollowers = (key: PartKey) => {
    for (const follower of plan.index.followersOf(key)) addOwner(follower);
  };
  switch (event.k) {
    case 'job': {
      const { def } = plan.job(event.id);
      if (def !== undefined) addOwner(`stream/${def.stream}`);
      addFollowers(`job/${event.id}`);
      break;
    }
    case 'stream':
      for (const job of plan.index.jobsOfStream(event.id)) addOwner(`job/${job}`);
      addFollowers(`stream/${event.id}`);
      break;
    case 'grant':
      addOwner(`job/${event.id}`);
      break;
    case 'prompt':
      for (const key of plan.index.askingFor(event.id)) addOwner(key);
      break;
    case 'add':
      for (const { ws, follows } of [...event.streams, ...event.jobs]) {
        names.add(runnerOf(ws));
        for (const one of follows) addOwner(`${one.kind}/${one.id}`);
      }
      for (const { stream } of event.jobs) addOwner(`stream/${stream}`);
      // Of what is told again, others may be waiting already.
      for (const { id } of event.jobs) addFollowers(`job/${id}`);
      for (const { id } of event.streams) {
        addFollowers(`stream/${id}`);
        for (const job of plan.index.jobsOfStream(id)) addOwner(`job/${job}`);
      }
      break;
    case 'command':
      names.add(event.owner);
      break;
    case 'answer':
      names.add(event.of.ws);
      break;
    case 'cpu':
      for (const below of belowOf(tree, event.ws)) names.add(below);
      break;
    case 'linked':
      names.add(runnerOf(event.ws));
      break;
    case 'voters':
      for (const voter of event.s.voters) names.add(voter);
      break;
    case 'epoch':
      for (const { name } of tree.membersOf(event.domain)) names.add(name);
      for (const child of tree.childrenOf(event.domain)) {
        for (const name of tree.coreOf(child.name)) names.add(name);
      }
      break;
    case 'plan':
      return [EVERYONE];
    case 'links':
    case 'dropped':
      break;
  }
  names.delete(origin);
  return [...names].filter((name) => tree.workstation(name).type !== 'x-agent').sort();
}

/** Who shows a manager's row without being above it: its members, and the cores of the domains below. */
function* belowOf(tree: Tree, ws: WorkstationName): Generator<WorkstationName> {
  const { domain, fullStatus } = tree.workstation(ws);
  if (!fullStatus) return;
  yield* tree.plainOf(domain);
  for (const child of tree.childrenOf(domain)) yield* tree.coreOf(child.name);
}
