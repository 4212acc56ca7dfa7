import type { JobId, Tree, Version, WorkstationName } from '@ftctl/plan';
import { HOSTED_BY_MANAGER } from '@ftctl/plan';

/** Who decides here, and by which era its versions count. */
export interface Ownership {
  readonly tree: Tree;
  readonly self: WorkstationName;
  managerOf(domain: string): WorkstationName;
  /** True when this workstation manages its domain and may act now. */
  acting(): boolean;
  /** Era of this workstation's own parts: its incarnation. */
  ownEra(): number;
  /** Era of what the manager of this domain owns: made from its epoch. */
  roleEra(): number;
  /** Whether an attempt was launched here, and its end is not known yet. */
  runs(job: JobId, attempt: number): boolean;
}

/** Whether jobs of a workstation run here: of this one, or of an extended agent that it hosts. */
export function runsFor(own: Ownership, ws: WorkstationName): boolean {
  return own.tree.runnerOf(ws, (domain) => own.managerOf(domain)) === own.self;
}

/** Whether this workstation decides about the jobs and streams of another: its own, or an extended agent's that it hosts. */
export function decidesFor(own: Ownership, ws: WorkstationName): boolean {
  return runsFor(own, ws) && (!isByRole(own.tree, ws) || own.acting());
}

/** An extended agent whose host is whoever manages the domain: its parts are the role's. */
export function isByRole(tree: Tree, ws: WorkstationName): boolean {
  return tree.workstation(ws).hostedBy === HOSTED_BY_MANAGER;
}

/** Statements of one incarnation of a manager about a part of the role's. */
const STATEMENTS = 2 ** 20;

/** The next version of a part of a workstation's, or of an extended agent's that it hosts. */
export function nextVersionFor(
  own: Ownership,
  ws: WorkstationName,
  known: Version | undefined,
): Version {
  return isByRole(own.tree, ws) ? nextRoleVersion(own, known) : nextVersion(known, own.ownEra());
}

/**
 * The next version of a part that belongs to the manager's role. The role's era is
 * of its epoch, and outlives the loss of a store: another incarnation counts from
 * above whatever the one before it may have said and nobody in reach has heard.
 */
export function nextRoleVersion(own: Ownership, known: Version | undefined): Version {
  const { era, n } = nextVersion(known, own.roleEra());
  return { era, n: Math.max(n, (own.ownEra() - 1) * STATEMENTS + 1) };
}

export function eraFor(own: Ownership, ws: WorkstationName): number {
  return isByRole(own.tree, ws) ? own.roleEra() : own.ownEra();
}

/** The next version of a part in an era. A known one of a later era is somebody else's to follow. */
export function nextVersion(known: Version | undefined, era: number): Version {
  return { era, n: known?.era === era ? known.n + 1 : 1 };
}
