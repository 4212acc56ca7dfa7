import { describeEntry } from './history.ts';
import { World, type WorldOptions } from './world.ts';

/** A simulation: plays something in a world, then judges what happened. */
export interface Simulation<State = unknown> {
  /** Lower case, as `npm run sim -- NAME` takes it. */
  readonly name: string;
  /** How the worlds of its runs differ from the default. */
  readonly world?: Omit<WorldOptions, 'seed'>;
  /**
   * True when a plugin may fail by itself, for example because it cannot start
   * on a full disk: it is started again. Otherwise such a failure fails the run.
   */
  readonly mayFail?: boolean;
  /** Adds hosts, starts plugins, injects faults, lets time pass. What it answers is handed to `check`. */
  run(world: World): Promise<State>;
  /** Throws, or answers what is wrong, one line each; nothing when all is well. */
  check(world: World, state: State): readonly string[] | Promise<readonly string[]>;
}

export interface SimulationOptions {
  /** Seed of the first run; the others follow, one more each. */
  readonly seed: number;
  readonly runs: number;
  /** Called after each run. */
  readonly onRun?: (outcome: RunOutcome) => void;
}

export interface RunOutcome {
  readonly seed: number;
  /** What is wrong; empty when the run is good. */
  readonly problems: readonly string[];
  /** The faults and the end of the history, for people; empty when the run is good. */
  readonly excerpt: readonly string[];
  /** Fingerprint of the history. */
  readonly digest: string;
  /** Virtual time that passed, milliseconds. */
  readonly virtualMs: number;
}

export interface SimulationReport {
  readonly name: string;
  readonly runs: number;
  readonly failed: number;
  readonly firstSeed: number;
  readonly lastSeed: number;
  /** The first failures, at most 10. */
  readonly failures: readonly RunOutcome[];
}

const MAX_FAILURES_KEPT = 10;
const MAX_PROBLEMS = 20;
/** Entries of the excerpt before the first problem, or before the end. */
const EXCERPT_ENTRIES = 60;
const EXCERPT_ENTRIES_AFTER = 10;
/** Kinds of entries that are always in the excerpt: what was done to the world. */
const ALWAYS_SHOWN = /^(host|net|plugin|faults)\./;

export function defineSimulation<State>(simulation: Simulation<State>): Simulation<State> {
  return simulation;
}

/** Runs a simulation with seeds that follow each other, one after another. */
export async function runSimulation<State>(
  simulation: Simulation<State>,
  options: SimulationOptions,
): Promise<SimulationReport> {
  const failures: RunOutcome[] = [];
  let failed = 0;
  for (let run = 0; run < options.runs; run += 1) {
    const outcome = await runOnce(simulation, options.seed + run);
    if (outcome.problems.length > 0) {
      failed += 1;
      if (failures.length < MAX_FAILURES_KEPT) failures.push(outcome);
    }
    options.onRun?.(outcome);
  }
  return {
    name: simulation.name,
    runs: options.runs,
    failed,
    firstSeed: options.seed,
    lastSeed: options.seed + options.runs - 1,
    failures,
  };
}

/** One run. Never rejects: what goes wrong is in the outcome. */
export async function runOnce<State>(
  simulation: Simulation<State>,
  seed: number,
): Promise<RunOutcome> {
  const world = new World({ ...simulation.world, seed });
  const problems: string[] = [];
  // A promise of a plugin that nobody awaits would end a real process.
  const onUnhandled = (reason: unknown) => problems.push(`nobody handled: ${textOf(reason)}`);
  process.on('unhandledRejection', onUnhandled);
  try {
    const state = await simulation.run(world);
    problems.push(...(await simulation.check(world, state)));
  } catch (error) {
    problems.push(textOf(error));
  } finally {
    process.off('unhandledRejection', onUnhandled);
  }
  problems.unshift(...world.problems);
  if (simulation.mayFail !== true) {
    for (const failure of world.failures) {
      problems.push(`${failure.plugin} on ${failure.host} failed: ${textOf(failure.error)}`);
    }
  }
  return {
    seed,
    problems: problems.slice(0, MAX_PROBLEMS),
    excerpt: problems.length === 0 ? [] : excerptOf(world),
    digest: world.history.digest(),
    virtualMs: world.now,
  };
}

/** The last line of a report: `sim store: 500 runs, 0 failed, seeds 1..500`. */
export function summaryLine(
  report: Pick<SimulationReport, 'name' | 'runs' | 'failed' | 'firstSeed' | 'lastSeed'>,
): string {
  const { name, runs, failed, firstSeed, lastSeed } = report;
  const unit = runs === 1 ? 'run' : 'runs';
  return `sim ${name}: ${runs} ${unit}, ${failed} failed, seeds ${firstSeed}..${lastSeed}`;
}

/** A failed run for people: what is wrong, how to replay it, and what happened. */
export function describeFailure(name: string, outcome: RunOutcome): string {
  return [
    `sim ${name}: seed ${outcome.seed} failed after ${Math.round(outcome.virtualMs)} virtual ms`,
    ...outcome.problems.map((problem) => `  ${problem}`),
    `  replay: npm run sim -- ${name} --seed ${outcome.seed} --runs 1`,
    ...outcome.excerpt.map((line) => `    ${line}`),
  ].join('\n');
}

/** A seed that was probably never used before. */
export function freshSeed(): number {
  return 1 + Math.floor(Math.random() * 1_000_000_000);
}

/**
 * For unit tests: seeds 1 to `runs`, and a fresh one, which is printed.
 *
 * @throws Error describing the first failed run
 */
export async function expectSimulation<State>(
  simulation: Simulation<State>,
  options: { readonly runs: number },
): Promise<void> {
  const fresh = freshSeed();
  console.log(`sim ${simulation.name}: seeds 1..${options.runs} and a fresh one, ${fresh}`);
  const fixed = await runSimulation(simulation, { seed: 1, runs: options.runs });
  const extra = await runSimulation(simulation, { seed: fresh, runs: 1 });
  const failure = fixed.failures[0] ?? extra.failures[0];
  if (failure !== undefined) throw new Error(describeFailure(simulation.name, failure));
}

function excerptOf(world: World): readonly string[] {
  const { entries } = world.history;
  const problem = entries.findIndex((entry) => entry.kind === 'problem');
  const end = problem < 0 ? entries.length : problem + EXCERPT_ENTRIES_AFTER;
  const from = end - EXCERPT_ENTRIES;
  const shown = entries.slice(0, end).filter((entry, index) => {
    return index >= from || ALWAYS_SHOWN.test(entry.kind);
  });
  return shown.slice(-EXCERPT_ENTRIES * 2).map(describeEntry);
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
