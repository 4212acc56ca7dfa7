import { defineSimulation, planFaults, runFaults, type World } from '@ftctl/sim';
import { problemsAtRest } from './simulation/checks.ts';
import { watchExecutions } from './simulation/executed-twice.ts';
import { loseOneDisk } from './simulation/losses.ts';
import {
  giveCommands,
  makeMorePlans,
  submitMore,
  switchNowAndThen,
} from './simulation/operators.ts';
import { randomDefinitions, randomTopology } from './simulation/random-network.ts';
import { TwsNetwork } from './simulation/tws-network.ts';
import { watchManagers } from './simulation/watch-managers.ts';

const FAULTS_MS = 20_000;
/** A few messages. */
const SMALL_ROAD_MB = 0.002;
const QUIET_MS = 45_000;
/** Up to 60 hosts. */
const LARGE = { domains: 9, fullStatus: 2, plain: 4 };

interface State {
  readonly network: TwsNetwork;
}

/**
 * A whole network under random faults: a plan is made and runs. Checkers outside
 * the code compare the copies on all disks and count what really ran.
 */
export const simulation = defineSimulation<State>({
  name: 'tws-switch',
  mayFail: true,
  run,
  check: (world, { network }) => [...problemsAtRest(network), ...unexpectedFailures(world)],
});

async function run(world: World): Promise<State> {
  const random = world.random.fork('network');
  const isLarge = random.chance(0.02);
  const topology = randomTopology(random, {
    ...(isLarge ? LARGE : { domains: random.int(4), fullStatus: 2, plain: 3 }),
    extended: random.int(3),
    automaticSwitch: random.chance(0.5),
  });
  const definitions = randomDefinitions(random, topology, { streams: 2 + random.int(6), jobs: 5 });
  const network = new TwsNetwork(world, {
    topology,
    definitions,
    roadMb: random.chance(0.2) ? SMALL_ROAD_MB : 64,
  });
  watchManagers(network);
  watchExecutions(network);
  await world.run(2_000);
  world.spawn(() => switchNowAndThen(network));
  network.command('MASTER', 'MASTER', { c: 'jnextday' });
  world.spawn(() => makeMorePlans(network));
  if (random.chance(0.5)) world.spawn(() => giveCommands(network));
  if (random.chance(0.5)) world.spawn(() => submitMore(network));
  if (random.chance(0.3)) world.spawn(() => loseOneDisk(network));
  const plan = planFaults(world.random.fork('faults'), {
    hosts: network.hosts,
    maxFaults: 6,
    durationMs: FAULTS_MS,
    quietMs: QUIET_MS,
  });
  await runFaults(world, plan);
  return { network };
}

function unexpectedFailures(world: World): string[] {
  if (world.history.of('faults.disk-full').length > 0) return [];
  return world.failures.map(({ host, error }) => `failed by itself on ${host}: ${error}`);
}
