import type { SeededRandom, SimHost, SimProcess, World } from '@ftctl/sim';
import type { Launch } from '../../src/core/jobman/attempt.ts';
import type { JobRunner } from '../../src/io/jobs/job-runner.ts';
import { SimJobMachine } from './sim-jobs-machine.ts';
import { SimJobRunner } from './sim-jobs-runner.ts';

/** How a job behaves. */
export interface SimProgram {
  readonly runMs: number;
  readonly rc: number;
}

export interface SimJobsOptions {
  /** What a command does; default: `sleep SECONDS` and `exit CODE` in it, else a moment and 0. */
  readonly program?: (launch: Launch, random: SeededRandom) => SimProgram;
  /** From the start of a launcher to its claim, virtual milliseconds, drawn between the two. */
  readonly launchMs?: readonly [number, number];
  /** Of a launcher in twenty: a machine that is busy lets it wait. Default 5,000. */
  readonly slowLaunchMs?: number;
}

/**
 * Jobs in the simulated world. They and their launchers survive every death of
 * a plugin, but no power cut, which also takes back what was not flushed.
 *
 *   const jobs = new SimJobs(world);
 *   world.startPlugin('a', (process) => twsSwitch({ jobs: jobs.runnerOf(process) }), ...);
 *
 * Every execution is in the history: `job.ran` with `host`, `job`, `attempt`
 * when it begins, `job.ended` when it ends. `executions` counts them.
 */
export class SimJobs {
  readonly #world: World;
  readonly #options: Required<SimJobsOptions>;
  readonly #machines = new Map<string, SimJobMachine>();

  constructor(world: World, options: SimJobsOptions = {}) {
    this.#world = world;
    this.#options = {
      program: options.program ?? parseProgram,
      launchMs: options.launchMs ?? [30, 150],
      slowLaunchMs: options.slowLaunchMs ?? 5_000,
    };
  }

  /** The runner of one life of a plugin. */
  runnerOf(process: SimProcess): JobRunner {
    return new SimJobRunner(process, this.machine(process.host));
  }

  /** The jobs of a host, for faults and for looking at them. */
  machine(host: string): SimJobMachine {
    const found = this.#machines.get(host);
    if (found !== undefined) return found;
    const simHost: SimHost = this.#world.host(host);
    const made = new SimJobMachine(this.#world, simHost, this.#options);
    this.#machines.set(host, made);
    return made;
  }
}

/** Executions of each attempt, `JOB@ATTEMPT`, as the machines saw them. */
export function executions(world: World): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { job, attempt } of world.history.of('job.ran')) {
    const name = `${job}@${attempt}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** What ran more than once: an attempt always, a job unless `mayRerun` says that it was asked for. */
export function ranTwice(
  world: World,
  mayRerun: (job: string) => boolean = () => false,
): readonly string[] {
  const attempts = [...executions(world)].filter(([, times]) => times > 1);
  const jobs = new Map<string, number[]>();
  for (const { job, attempt } of world.history.of('job.ran')) {
    const numbers = jobs.get(String(job)) ?? [];
    jobs.set(String(job), [...numbers, Number(attempt)]);
  }
  const again = [...jobs].filter(([job, numbers]) => numbers.length > 1 && !mayRerun(job));
  return [
    ...attempts.map(([name, times]) => `attempt ${name} ran ${times} times`),
    ...again.map(([job, numbers]) => `job ${job} ran as attempts ${numbers.join(', ')}`),
  ];
}

function parseProgram({ command }: Launch, random: SeededRandom): SimProgram {
  const seconds = /sleep ([\d.]+)/.exec(command)?.[1];
  const rc = Number(/exit (\d+)/.exec(command)?.[1] ?? 0);
  return { runMs: seconds === undefined ? random.between(1, 50) : Number(seconds) * 1_000, rc };
}
