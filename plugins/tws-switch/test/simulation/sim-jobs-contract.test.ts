import { definePlugin } from '@ftctl/sdk';
import { World } from '@ftctl/sim';
import { attemptName } from '../../src/core/jobman/attempt.ts';
import type { JobRunner } from '../../src/io/jobs/job-runner.ts';
import { jobRunnerContract, type RunnerHarness } from '../jobs/job-runner-contract.ts';
import { executions, SimJobs } from './sim-jobs.ts';

let seed = 0;

async function makeHarness(): Promise<RunnerHarness> {
  seed += 1;
  const world = new World({ seed });
  const host = world.addHost('a');
  const jobs = new SimJobs(world, { slowLaunchMs: 200 });
  let listen: Parameters<RunnerHarness['begin']>[0] = () => undefined;
  let runner: JobRunner | undefined;
  const source = definePlugin({
    setup: () => ({
      start: () => runner?.open({ event: (event) => listen(event), trouble: () => undefined }),
      stop: () => undefined,
      health: () => ({ state: 'ok' }),
    }),
  });
  const plugin = world.startPlugin(
    'a',
    (process) => {
      runner = jobs.runnerOf(process);
      return source;
    },
    { id: 'tws-switch', config: {} },
  );
  host.crash();
  return {
    begin: async (onEvent) => {
      listen = onEvent;
      host.restart();
      await world.until(() => plugin.running, 'the plugin runs');
      return runner as JobRunner;
    },
    end: async () => host.crash(),
    until: (ready, what) => world.until(ready, what, 15_000),
    pass: (ms) => world.run(ms),
    runs: async (id) => executions(world).get(attemptName(id)) ?? 0,
    settle: (promise) => world.settle(promise),
  };
}

jobRunnerContract('simulated', makeHarness);
