/** What the benchmark `mirror` does, in one place. */
export const SHAPE = {
  jobs: 200_000,
  jobsInEachStream: 20,
  /** Copies that are loaded, and of each the same rows by COPY, in turns. */
  loadRounds: 3,
  /** Messages a second that are offered, until the mirror falls behind by `MAX_LAG_MS`. */
  rates: [20_000, 30_000, 40_000, 60_000],
  /** Each rate is offered for so long. */
  rateMs: 10_000,
  /** Messages that wait when the mirror is let go at once. */
  backlog: 200_000,
  /** Questions for the overview, each after the answer before it is stale. */
  overviews: 30,
  fewWatchers: 10,
  watchers: 1_000,
  /** Each watcher asks so often, at a moment of its own. */
  watchEveryMs: 5_000,
  /** The scheduler's rate is taken for so long alone and with watchers, in turns: short ones, for it drifts. */
  watchMs: 400,
  /** After as many as a turn has have begun to ask. */
  settleMs: 100,
  watchRounds: 200,
  /** Events that an agent's operators have under way at the same time. */
  underWay: 64,
} as const;

export const MAX_LAG_MS = 1_000;
