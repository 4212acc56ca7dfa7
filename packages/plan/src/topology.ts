import type { DomainName, WorkstationName } from './model.ts';

/**
 * The network: a tree of domains and the workstations in them. One file for all
 * hosts of a network; `hash` tells whether two hosts read the same.
 */
export interface Topology {
  /** SHA-256 of what the file says, 64 hexadecimal digits; comments and order of keys do not count. */
  readonly hash: string;
  /** Name of the root domain: `MASTERDM`. */
  readonly root: DomainName;
  readonly domains: ReadonlyMap<DomainName, DomainDefinition>;
  readonly workstations: ReadonlyMap<WorkstationName, WorkstationDefinition>;
}

export interface DomainDefinition {
  readonly name: DomainName;
  /** Absent for the root alone. */
  readonly parent?: DomainName;
  /** Its manager until it is switched. */
  readonly manager: WorkstationName;
  /** Whether its manager is replaced by itself when it is gone. */
  readonly automaticSwitch: boolean;
  /** 3 or 5 workstations that vote on its manager, as configured. */
  readonly voters?: readonly WorkstationName[];
  /** Who may become manager by itself, the best first; without it the full-status agents by name. */
  readonly candidates?: readonly WorkstationName[];
}

export type WorkstationType = 'master' | 'manager' | 'fta' | 'x-agent';

/** An extended agent with this host is hosted by whoever manages its domain. */
export const HOSTED_BY_MANAGER = '$MANAGER';

export interface WorkstationDefinition {
  readonly name: WorkstationName;
  readonly type: WorkstationType;
  readonly domain: DomainName;
  /** Host of the directory that it is; an extended agent has none of its own. */
  readonly node?: string;
  /** As shown by `sc`: UNIX, WNT, OTHER. */
  readonly os: string;
  /** Always true for a master and for managers. */
  readonly fullStatus: boolean;
  /** Linked by its manager without being asked. */
  readonly autolink: boolean;
  /** For an extended agent: the workstation that runs its jobs, or `$MANAGER`. */
  readonly hostedBy?: WorkstationName;
  /** For an extended agent: shown by `sc`. */
  readonly method?: string;
  /** Most jobs at once until changed. */
  readonly limit: number;
  /** Until changed: only jobs of a higher priority are launched. */
  readonly fence: number;
}
