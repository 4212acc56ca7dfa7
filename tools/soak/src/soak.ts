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

export interface SoakOptions {
  readonly count: number;
  readonly seed: number;
  /** Milliseconds as of `performance.now()`. */
  readonly deadline: number;
  /** A line for people, now and then. */
  readonly progress: (line: string) => void;
}

export interface SoakReport {
  /** What was done and found, by name. */
  readonly counts: Readonly<Record<string, number>>;
  /** Promises that were broken, a line each. */
  readonly problems: readonly string[];
}

/** Problems after which a run gives up: more say nothing new. */
export const MAX_PROBLEMS = 20;
