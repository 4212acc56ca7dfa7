import { textOf } from './problem-text.ts';
import type { PlannedFault, Reduction } from './reduction.ts';
import { excerptOf } from './report.ts';
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

export interface RunOptions {
  /** What of the run is left out. */
  readonly reduction?: Reduction;
  /** Sees the world when the run is over, for example to keep its history. */
  readonly onEnd?: (world: World, outcome: RunOutcome) => void;
}

/** How a run went. Plain data. */
export interface RunOutcome {
  readonly seed: number;
  readonly reduction: Reduction;
  /** What is wrong; empty when the run is good. */
  readonly problems: readonly string[];
  /** The faults and the end of the history, for people; empty when the run is good. */
  readonly excerpt: readonly string[];
  /** Every fault that was planned, and whether it happened. */
  readonly planned: readonly PlannedFault[];
  /** When the plan of faults was over, virtual milliseconds. */
  readonly faultsEndMs: number;
  /** Pieces of work that were done. */
  readonly workDone: number;
  /** Fingerprint of the history. */
  readonly digest: string;
  /** Virtual time that passed, milliseconds. */
  readonly virtualMs: number;
}

const MAX_PROBLEMS = 20;

export function defineSimulation<State>(simulation: Simulation<State>): Simulation<State> {
  return simulation;
}

/** One run. Never rejects: what goes wrong is in the outcome. */
export async function runOnce<State>(
  simulation: Simulation<State>,
  seed: number,
  { reduction = {}, onEnd }: RunOptions = {},
): Promise<RunOutcome> {
  const world = new World({ ...simulation.world, seed, reduction });
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
  const outcome: RunOutcome = {
    seed,
    reduction,
    problems: problems.slice(0, MAX_PROBLEMS),
    excerpt: problems.length === 0 ? [] : excerptOf(world.history.entries),
    planned: world.extent.planned,
    faultsEndMs: world.extent.faultsEndMs,
    workDone: world.extent.workDone,
    digest: world.history.digest(),
    virtualMs: world.now,
  };
  onEnd?.(world, outcome);
  return outcome;
}
