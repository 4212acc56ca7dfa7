import type { SoakOptions, SoakReport } from '@ftctl/lab';

export type { SoakOptions, SoakReport };

/** A long run that does real faults and looks for what they broke. */
export interface Soak {
  readonly name: string;
  readonly summary: string;
  /** Kills, seeds or rounds unless told otherwise; `unit` says which. */
  readonly count: number;
  readonly unit: string;
  /** Why it cannot run on this machine; undefined when it can. */
  obstacle?(): string | undefined;
  /** Ends early, with what it has, once `deadline` is over. */
  run(options: SoakOptions): Promise<SoakReport>;
}

/** Problems after which a run gives up: more say nothing new. */
export const MAX_PROBLEMS = 20;
