import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import type { Launch } from '../../src/core/jobman/attempt.ts';
import type { JobRunner } from '../../src/io/jobs/job-runner.ts';
import { type BuiltEntries, buildEntries } from './build-entries.ts';
import { JobBench } from './job-bench.ts';
import { jobRunnerContract, type RunnerHarness } from './job-runner-contract.ts';

let built: BuiltEntries;
beforeAll(async () => {
  built = await buildEntries();
});
afterAll(() => built.remove());

async function makeHarness(): Promise<RunnerHarness> {
  const bench = new JobBench();
  onTestFinished(() => bench.remove());
  let present: JobRunner | undefined;
  return {
    begin: async (onEvent) => {
      const { runner } = await bench.life({ launcher: built.launcher, onEvent });
      present = runner;
      return counted(runner, bench);
    },
    end: async () => present?.close(),
    until: async (ready, what) => {
      await expect.poll(ready, { timeout: 15_000, interval: 10, message: what }).toBe(true);
    },
    pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    runs: async ({ job }) => bench.runs(job),
    settle: (promise) => promise,
  };
}

/** The same runner, of which each job leaves a line outside when it runs. */
function counted(runner: JobRunner, bench: JobBench): JobRunner {
  return new Proxy(runner, {
    get: (target, name) => {
      if (name === 'start') {
        return (launch: Launch) =>
          target.start({ ...launch, command: bench.counting(launch.job, launch.command) });
      }
      const value = target[name as keyof JobRunner];
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

jobRunnerContract('real processes', makeHarness);
