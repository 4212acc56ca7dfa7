import type { Dependency, WorkstationName } from './model.ts';
import type { CommandPart, CpuPart, JobPart, Part, StreamPart, VotersPart } from './parts.ts';
import type { Plan } from './plan.ts';
import type { Tree } from './tree.ts';

/** Whose copy of the plan is meant. */
export interface Scope {
  readonly plan: Plan;
  readonly tree: Tree;
  readonly reader: WorkstationName;
  /** Workstation that runs the jobs of another (an extended agent has a host). */
  readonly runnerOf: (ws: WorkstationName) => WorkstationName;
}

/**
 * The part as a reader's copy of the plan holds it; undefined when it is none of
 * its business. What runs a domain holds everything that concerns a workstation
 * below it; a plain agent what concerns itself. A reader that only must know
 * that something waits for its objects gets the definition without the state,
 * for it is not told of changes.
 */
export function scoped(scope: Scope, part: Part): Part | undefined {
  switch (part.kind) {
    case 'job':
      return scopedJob(scope, part);
    case 'stream':
      return scopedStream(scope, part);
    case 'prompt':
      return askers(scope, part.id).some((ws) => concerns(scope, ws)) ? part : undefined;
    case 'cpu':
      return scopedCpu(scope, part);
    case 'command':
      return scopedCommand(scope, part);
    case 'voters':
      return scopedVoters(scope, part);
  }
}

/** Whether a workstation is the reader's business: itself, or one below the domain that it helps to run. */
export function concerns(
  { tree, reader, runnerOf }: Omit<Scope, 'plan'>,
  ws: WorkstationName,
): boolean {
  const { fullStatus, domain } = tree.workstation(reader);
  const runner = runnerOf(ws);
  return fullStatus ? tree.isBelow(runner, domain) || tree.isBelow(ws, domain) : runner === reader;
}

function scopedJob(scope: Scope, part: JobPart): Part | undefined {
  const { def, id } = part;
  if (def === undefined) return scope.tree.workstation(scope.reader).fullStatus ? part : undefined;
  const told = [
    def.ws,
    ...ownersOf(scope, `stream/${def.stream}`),
    ...followers(scope, `job/${id}`),
  ];
  if (told.some((ws) => concerns(scope, ws))) return withoutGrant(scope, part);
  return predecessors(scope, def.follows) ? { kind: 'job', id, def } : undefined;
}

/** A grant is told to the job's workstation; the stream's has given it. */
function withoutGrant(scope: Scope, part: JobPart): Part {
  const { g, ...shown } = part;
  if (g === undefined || part.def === undefined) return part;
  const parties = [part.def.ws, ...ownersOf(scope, `stream/${part.def.stream}`)];
  return parties.some((ws) => concerns(scope, ws)) ? part : shown;
}

function scopedStream(scope: Scope, part: StreamPart): Part | undefined {
  const { def, id } = part;
  if (def === undefined) return scope.tree.workstation(scope.reader).fullStatus ? part : undefined;
  const jobs = [...scope.plan.index.jobsOfStream(id)].flatMap((job) =>
    ownersOf(scope, `job/${job}`),
  );
  const told = [def.ws, ...jobs, ...followers(scope, `stream/${id}`)];
  if (told.some((ws) => concerns(scope, ws))) return part;
  return predecessors(scope, def.follows) ? { kind: 'stream', id, def } : undefined;
}

/** Of workstations that are only shown, nothing but their own status is told. */
function scopedCpu(scope: Scope, part: CpuPart): Part | undefined {
  if (concerns(scope, part.id)) return part;
  const { kind, id, s } = part;
  return s !== undefined && showsCpu(scope, part) ? { kind, id, s } : undefined;
}

/**
 * What tells its asker alone, an answer that was lost, goes to whoever may hear of
 * the request later.
 */
function scopedCommand(scope: Scope, part: CommandPart): Part | undefined {
  const { of, owner } = part;
  if (owner === undefined && scope.tree.workstation(scope.reader).fullStatus) return part;
  const names = owner === undefined ? [of.ws] : [of.ws, owner];
  return names.some((ws) => concerns(scope, ws)) ? part : undefined;
}

/** As they are told: to themselves, and to what runs the domain, one above it, or one above a voter. */
function scopedVoters(scope: Scope, part: VotersPart): Part | undefined {
  const { tree } = scope;
  const told = [tree.domain(part.id).manager, ...part.s.voters];
  return told.some((ws) => concerns(scope, ws)) ? part : undefined;
}

/** Workstations show themselves and their manager; what runs a domain all below it and the core above. */
function showsCpu(scope: Scope, { id }: CpuPart): boolean {
  const { tree, reader } = scope;
  const { fullStatus, domain } = tree.workstation(reader);
  if (!fullStatus) return tree.coreOf(domain).includes(id);
  const parent = tree.parentOf(domain);
  return parent !== undefined && tree.coreOf(parent).includes(id);
}

function ownersOf({ plan }: Scope, key: `job/${string}` | `stream/${string}`): WorkstationName[] {
  const part = plan.part(key);
  return part !== undefined && 'def' in part && part.def !== undefined && 'ws' in part.def
    ? [part.def.ws]
    : [];
}

function followers(scope: Scope, key: `job/${string}` | `stream/${string}`): WorkstationName[] {
  return [...scope.plan.index.followersOf(key)].flatMap((one) =>
    ownersOf(scope, one as `job/${string}`),
  );
}

function askers(scope: Scope, prompt: string): WorkstationName[] {
  return [...scope.plan.index.askingFor(prompt)].flatMap((one) =>
    ownersOf(scope, one as `job/${string}`),
  );
}

function predecessors(scope: Scope, follows: readonly Dependency[]): boolean {
  return follows.some(({ kind, id }) =>
    ownersOf(scope, `${kind}/${id}`).some((ws) => concerns(scope, ws)),
  );
}
