/**
 * Order of an owner's changes to one thing. The era grows when the owner cannot
 * know its last number any more, or is another host: it is the number of the
 * workstation's incarnation, or, for what a role owns (the master's objects, the
 * jobs of an extended agent that its domain's manager hosts), the era of the
 * domain's epoch (`eraOf`).
 */
export interface Version {
  readonly era: number;
  /** From 1 on within an era. */
  readonly n: number;
}

/** Before every version. */
export const NO_VERSION: Version = { era: 0, n: 0 };

export function isNewer(a: Version, b: Version): boolean {
  return a.era > b.era || (a.era === b.era && a.n > b.n);
}

/** Who manages a domain, and since which switch. Stored before it is obeyed. */
export interface Epoch {
  /** 0 until the domain is switched for the first time. */
  readonly number: number;
  /** Workstation. */
  readonly owner: string;
}

/** Epochs are ordered by number; of two equal numbers, by the owner's name, so that every host decides alike. */
export function isLaterEpoch(a: Epoch, b: Epoch): boolean {
  return a.number > b.number || (a.number === b.number && a.owner > b.owner);
}

export function sameEpoch(a: Epoch, b: Epoch): boolean {
  return a.number === b.number && a.owner === b.owner;
}

/** A production plan: the master's epoch and the run number. Ordered like a pair. */
export interface PlanId {
  readonly epoch: number;
  /** How many times a plan was made; 0 before the first. */
  readonly run: number;
}

export const NO_PLAN: PlanId = { epoch: 0, run: 0 };

export function isLaterPlan(a: PlanId, b: PlanId): boolean {
  return a.epoch > b.epoch || (a.epoch === b.epoch && a.run > b.run);
}

export function samePlan(a: PlanId, b: PlanId): boolean {
  return a.epoch === b.epoch && a.run === b.run;
}
