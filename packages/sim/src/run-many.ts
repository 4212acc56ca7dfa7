import { describeFailure, type RunCounts } from './report.ts';
import { describeShrunk, shrinkRun } from './shrink.ts';
import { type RunOutcome, runOnce, type Simulation } from './simulation.ts';

export interface SimulationOptions {
  /** Seed of the first run; the others follow, one more each. */
  readonly seed: number;
  readonly runs: number;
  /** Called after each run. */
  readonly onRun?: (outcome: RunOutcome) => void;
}

export interface SimulationReport extends RunCounts {
  /** The first failures, at most 10. */
  readonly failures: readonly RunOutcome[];
}

const MAX_FAILURES_KEPT = 10;
/** A unit test shrinks a failure that it found for so long; `npm run sim` has more time. */
const SHRINK_IN_TEST = { maxRuns: 60, maxMs: 10_000 };

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

/** A seed that was probably never used before. */
export function freshSeed(): number {
  return 1 + Math.floor(Math.random() * 1_000_000_000);
}

/**
 * For unit tests: seeds 1 to `runs`, and a fresh one, which is printed.
 *
 * @throws Error describing the first failed run, shrunk as far as a test has time for
 */
export async function expectSimulation<State>(
  simulation: Simulation<State>,
  options: { readonly runs: number },
): Promise<void> {
  const { name } = simulation;
  const fresh = freshSeed();
  console.log(`sim ${name}: seeds 1..${options.runs} and a fresh one, ${fresh}`);
  const fixed = await runSimulation(simulation, { seed: 1, runs: options.runs });
  const extra = await runSimulation(simulation, { seed: fresh, runs: 1 });
  const failure = fixed.failures[0] ?? extra.failures[0];
  if (failure === undefined) return;
  const shrunk = await shrinkRun(
    (reduction) => runOnce(simulation, failure.seed, { reduction }),
    failure,
    SHRINK_IN_TEST,
  );
  throw new Error(
    [describeFailure(name, failure, { excerpt: false }), ...describeShrunk(name, shrunk)].join(
      '\n',
    ),
  );
}
