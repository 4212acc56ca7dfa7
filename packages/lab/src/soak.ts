/** What `npm run soak` gives to a soak, and what it gets back. */
export interface SoakOptions {
  /** Kills, seeds or rounds. */
  readonly count: number;
  readonly seed: number;
  /** Milliseconds as of `performance.now()`; a soak ends early, with what it has, once it is over. */
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

/** What a plugin's module exports as `soak`. `random`: from 0 to 1; follows from the seed. */
export type PluginSoak = (
  options: SoakOptions & { readonly random: () => number },
) => Promise<SoakReport>;
