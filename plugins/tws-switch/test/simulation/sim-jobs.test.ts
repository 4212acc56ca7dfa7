import {
  defineSimulation,
  expectSimulation,
  planFaults,
  runFaults,
  type SimPlugin,
  World,
} from '@ftctl/sim';
import { expect, it } from 'vitest';
import { type JobPluginConfig, jobPlugin, statusTable } from './job-plugin.ts';
import { executions, ranTwice, SimJobs } from './sim-jobs.ts';

const HOSTS = ['a', 'b'];
/** On each host. */
const JOBS = 120;

function jobsOf(host: string, count: number, command: string): JobPluginConfig['jobs'] {
  return Array.from({ length: count }, (_, index) => ({
    job: `${host.toUpperCase()}#S.1.J${index}`,
    command,
  }));
}

function startOn(world: World, jobs: SimJobs, host: string, config: JobPluginConfig) {
  return world.startPlugin(host, (process) => jobPlugin(jobs.runnerOf(process)), {
    id: 'tws-switch',
    config,
  });
}

function statusOf(plugin: SimPlugin<JobPluginConfig>): string[] {
  return statusTable(plugin.store)
    .entries()
    .map(([, status]) => status);
}

const simulation = defineSimulation({
  name: 'jobs',
  // Slow enough that crashes come in the middle of claims.
  world: { flushTime: { minMs: 0.5, maxMs: 40 } },
  // A plugin cannot start while its disk is full.
  mayFail: true,
  async run(world) {
    for (const host of HOSTS) world.addHost(host);
    const jobs = new SimJobs(world);
    const plugins = HOSTS.map((host) => {
      const sleepMs = world.random.fork(`sleep/${host}`).between(5, 3_000);
      const config = { jobs: jobsOf(host, JOBS, `sleep ${sleepMs / 1_000}`), everyMs: 100 };
      return startOn(world, jobs, host, config);
    });
    const faults = world.random.fork('launchers');
    world.spawn(async () => {
      while (world.now < 12_000) {
        await world.sleep(faults.between(100, 4_000));
        jobs.machine(faults.pick(HOSTS)).killLauncher();
      }
    });
    const plan = planFaults(world.random.fork('faults'), {
      hosts: HOSTS,
      kinds: [
        'crash',
        'power-cut',
        'crash-in-step',
        'crash-in-flush',
        'crash-in-start',
        'crash-plugin',
        'pause',
        'disk-full',
        'disk-hang',
        'disk-slow',
      ],
      maxFaults: 12,
      durationMs: 15_000,
      quietMs: 40_000,
    });
    await runFaults(world, plan);
    return plugins;
  },
  check: (world, plugins) => {
    const problems = [...ranTwice(world)];
    const ran = executions(world);
    for (const plugin of plugins) {
      const rows = statusTable(plugin.store).entries();
      if (rows.length !== JOBS) problems.push(`${rows.length} of ${JOBS} jobs were launched`);
      for (const [key, value] of rows) {
        const [attempt, kind] = value.split(' ');
        const times = ran.get(`${key}@${attempt}`) ?? 0;
        if (kind !== 'ended' && kind !== 'unknown') problems.push(`${key} is ${value} at the end`);
        if (kind === 'ended' && times !== 1) problems.push(`${key} ended and ran ${times} times`);
      }
    }
    return problems;
  },
});

it('runs every job at most once under every fault, and tells how each ended', async () => {
  await expectSimulation(simulation, { runs: 40 });
});

it('tells runs apart by their seed alone', async () => {
  const digests = [];
  for (const seed of [5, 5, 6]) {
    const world = new World({ seed });
    await simulation.run(world);
    digests.push(world.history.digest());
  }
  expect(digests[0]).toBe(digests[1]);
  expect(digests[0]).not.toBe(digests[2]);
});

async function oneJob(command: string) {
  const world = new World({ seed: 3 });
  world.addHost('a');
  const jobs = new SimJobs(world);
  const plugin = startOn(world, jobs, 'a', { jobs: jobsOf('a', 1, command), everyMs: 1 });
  await world.until(() => executions(world).size === 1, 'the job runs');
  await world.run(1_000);
  expect(statusOf(plugin)).toEqual(['1 running']);
  return { world, jobs, plugin, host: world.host('a') };
}

it('lets a job live on when its plugin and all others of the host are killed', async () => {
  const { world, plugin, host } = await oneJob('sleep 5; exit 3');
  host.crash();
  await world.run(10_000);
  expect(world.history.of('job.ended')).toMatchObject([{ rc: 3 }]);
  host.restart();
  await world.run(1_000);
  expect(statusOf(plugin)).toEqual(['1 ended']);
});

it('ends a job with the power of its machine, and nobody knows how', async () => {
  const { world, plugin, host } = await oneJob('sleep 5');
  host.crash({ power: true });
  await world.run(10_000);
  host.restart();
  await world.run(1_000);
  expect(world.history.of('job.ended')).toEqual([]);
  expect(statusOf(plugin)).toEqual(['1 unknown']);
  expect(executions(world)).toEqual(new Map([['A#S.1.J0@1', 1]]));
});

it('does not know how a job ended whose launcher was killed', async () => {
  const { world, jobs, plugin } = await oneJob('sleep 5');
  expect(jobs.machine('a').killLauncher({ onlyRunning: true })).toBe(true);
  await world.run(10_000);
  expect(world.history.of('job.ended')).toHaveLength(1);
  expect(statusOf(plugin)).toEqual(['1 unknown']);
});
