/** What the benchmark `switch` does, in one place. */
export const SHAPE = {
  /** Events of one replay: more than two seconds of work at the goal. */
  replayEvents: 200_000,
  /** Rounds of a replay and of its peer, in turns. */
  replayRounds: 3,
  /** Events that wait for a host that is away, through all switches. */
  pendingEvents: 50_000,
  automaticSwitches: 50,
  manualSwitches: 10,
  /** Events that tell when a manager routes, one after another. */
  probeEveryMs: 25,
  /** Jobs of the plan that is run with the feature and without it. */
  costJobs: 240,
  /** Both runs are watched for so long, idle moments too. */
  costMs: 60_000,
  /** And for so long after the last job. */
  idleMs: 20_000,
  /** Rounds of both, in turns. */
  costRounds: 2,
} as const;

/** Workstations of the domain that switches; hosts have the same names in lower case. */
export const DOMAIN = 'DM1';
export const MANAGERS = ['dm1', 'fs1a'] as const;
export type ManagerHost = (typeof MANAGERS)[number];
/** The agent on which the backlog is made. */
export const BUSY = 'fta1a';
/** The agent whose limit is the probe. */
export const PROBED = 'fta1b';
/** Full-status agent of the domain above, for which messages wait while it is away. */
export const AWAY = 'fsb';

export function otherManager(host: ManagerHost): ManagerHost {
  return host === 'dm1' ? 'fs1a' : 'dm1';
}
