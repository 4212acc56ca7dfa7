import {
  defineSimulation,
  judge,
  nothingLost,
  nothingTwice,
  planFaults,
  runFaults,
  type World,
} from '@ftctl/sim';
import { HOSTS, PROBES, ProbePair, SERVER } from './simulation/probe-pair.ts';

const FAULTS_MS = 20_000;
/** Longer than the slave holds events back, and than any reconnection takes. */
const QUIET_MS = 25_000;
const START_MS = 1_000;

type Style = 'rfc3164' | 'rfc5424' | 'bare';

interface State {
  readonly pair: ProbePair;
  readonly style: Style;
}

/**
 * A probe pair and an ObjectServer under random faults, with unique and repeated
 * events. The checker knows only what was sent and read and what stands in the
 * alert table on disk: nothing that a probe stored is lost, and nothing counts
 * twice unless there was a doubt that the design lets err to a duplicate.
 */
export const simulation = defineSimulation<State>({
  name: 'omnibus-probe-peer',
  // A plugin cannot start while its disk is full, and is started again; `check` looks at all else.
  mayFail: true,
  run,
  check: (world, { pair, style }) => {
    pair.testify();
    const checkers = mayDoubt(world, style) ? [nothingLost()] : [nothingLost(), nothingTwice()];
    return [...judge(world.history, checkers), ...unexpectedFailures(world)];
  },
});

function unexpectedFailures(world: World): string[] {
  if (world.history.of('faults.disk-full').length > 0) return [];
  return world.failures.map(({ host, error }) => `failed by itself on ${host}: ${error}`);
}

async function run(world: World): Promise<State> {
  const random = world.random.fork('workload');
  for (const host of HOSTS) world.addHost(host, { clockOffsetMs: random.between(-5_000, 5_000) });
  const pair = new ProbePair(world);
  const style = random.pick(['rfc3164', 'rfc5424', 'bare'] as const);
  world.history.record('workload', { style });
  await world.run(START_MS);
  world.spawn(() => sendEvents(pair, style));
  if (random.chance(0.2)) loseOnOneWay(pair);
  const plan = planFaults(world.random.fork('faults'), {
    hosts: HOSTS,
    maxFaults: 5,
    durationMs: FAULTS_MS,
    quietMs: QUIET_MS,
  });
  await runFaults(world, plan);
  return { pair, style };
}

/** Equal texts are sent at once (a burst) or further apart than copies of one event can be. */
const APART_MS = 1_000;

async function sendEvents(pair: ProbePair, style: Style): Promise<void> {
  const { world } = pair;
  const random = world.random.fork('events');
  const lastSent = new Map<string, number>();
  for (let number = 0; world.now < START_MS + FAULTS_MS + 5_000 && world.takeWork(); number += 1) {
    const again = `again ${letters(random.int(5))}.`;
    const wait = world.now - (lastSent.get(again) ?? Number.NEGATIVE_INFINITY);
    const text = random.chance(0.2) && wait > APART_MS ? again : `event ${letters(number)}.`;
    lastSent.set(text, world.now);
    const copies = random.chance(0.05) ? 3 : 1;
    for (let copy = 0; copy < copies; copy += 1) pair.send(text, style);
    await world.sleep(random.between(1, 60));
  }
}

/** Some messages do not reach one of the probes; the other must make up for it. */
function loseOnOneWay(pair: ProbePair): void {
  const random = pair.world.random.fork('loss');
  pair.syslog.loss.set(random.pick(PROBES), random.between(0, 0.3));
}

/**
 * Without a stamp nothing tells when an event was sent that a probe found in its
 * socket after it had been stopped. And an ObjectServer whose clock was set
 * while it was down counts time anew: what one probe saw by the old time and the
 * other by the new cannot be compared. A probe whose clock was set while it was
 * down knows the ObjectServer's time only when it has asked again.
 */
function mayDoubt(world: World, style: Style): boolean {
  const onServer = (entry: { readonly host?: string }) => entry.host === SERVER;
  const pauses = world.history.of('faults.pause', 'faults.pause-plugin');
  const paused = pauses.some((entry) => !onServer(entry));
  const jumps = world.history.of('faults.clock-jump');
  const reset = jumps.some((jump) => onServer(jump) || isDown(world, jump));
  return reset || (style === 'bare' && paused);
}

/** Whether a host's plugin was down when something was done to it. */
function isDown(
  world: World,
  { host, at }: { readonly host?: string; readonly at: number },
): boolean {
  const turns = world.history.of('plugin.crash', 'plugin.started');
  const last = turns.findLast((turn) => turn.host === host && turn.at <= at);
  return last?.kind === 'plugin.crash';
}

/** Letters only: the rules write digits as `#`. */
function letters(number: number): string {
  const rest = number < 26 ? '' : letters(Math.floor(number / 26) - 1);
  return rest + String.fromCharCode(97 + (number % 26));
}
