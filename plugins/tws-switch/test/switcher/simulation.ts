import { SeededRandom } from '@ftctl/sim';
import { isAutomatic } from '../../src/core/switcher/turn.ts';
import { healAll, spreadFaults } from './faults.ts';
import { Network, type NetworkOptions, type PlantedBugs } from './network.ts';

/** One run of one seed: a domain, faults, an end of all faults, and what was wrong. */
export interface Outcome {
  readonly seed: number;
  readonly problems: readonly string[];
  readonly log: readonly string[];
  readonly virtualMs: number;
  readonly messages: number;
  readonly claims: number;
  readonly automatic: boolean;
  /** From the end of all faults until exactly one acts. */
  readonly recoveryMs: number;
}

const FAULTS_MS = 8_000;
/** Faults go on for so long at most after the last has begun; what comes late comes before. */
const LAST_FAULT_MS = 2_500;
/** Exactly one acts this long after all faults, also after a store was lost and after three switches. */
export const RECOVERY_BOUND_MS = 22_000;
const STEADY_MS = 3_000;

export function runSeed(seed: number, bugs: PlantedBugs = {}, tracing = false): Outcome {
  const random = new SeededRandom(seed);
  const network = new Network(random.fork('network'), {
    ...drawDomain(random),
    bugs,
    asText: seed % 16 === 0,
    fresh: random.chance(0.1),
  });
  network.tracing = tracing;
  const { watcher } = network;
  network.run(random.float() * 2_000);
  spreadFaults(network, random.fork('faults'), FAULTS_MS);
  network.run(FAULTS_MS);
  network.run(random.float() * LAST_FAULT_MS);
  healAll(network);
  network.trace('all faults have ended');
  const endedMs = network.nowMs;
  if (!network.until(() => agree(network), RECOVERY_BOUND_MS)) {
    watcher.problem(`after all faults these act: ${network.acting().join(' ') || 'none'}`);
  }
  const recoveryMs = network.nowMs - endedMs;
  staysSteady(network);
  return {
    seed,
    problems: watcher.problems,
    log: network.log,
    virtualMs: network.nowMs,
    messages: network.messages,
    claims: watcher.claims.length,
    automatic: isAutomatic({ ...network.options.domain, me: '' }),
    recoveryMs,
  };
}

/** One acts, and all that vote or may manage know it; others hear of epochs by other ways than this. */
function agree(network: Network): boolean {
  const [name, ...more] = network.acting();
  if (name === undefined || more.length > 0) return false;
  const { state: manager } = network.get(name);
  return network.all.every(({ name: other, state }) => {
    const party =
      network.options.domain.core.includes(other) ||
      manager?.row.voters.names.includes(other) === true;
    return !party || (state?.row.epoch.owner === name && state.row.learned);
  });
}

/** Once one acts and the others have heard of it, nobody replaces it. */
function staysSteady(network: Network): void {
  network.run(STEADY_MS);
  const [before] = network.acting();
  network.run(STEADY_MS);
  const after = network.acting();
  if (before === undefined || after.length !== 1 || after[0] !== before) {
    network.watcher.problem(`not steady: ${before ?? 'none'}, then ${after.join(' ') || 'none'}`);
  }
}

const NAMES = ['DM1', 'FS1', 'FS2', 'A1', 'A2', 'A3', 'UP1'] as const;

/** 2 to 7 workstations, 3 or 5 voters; a small domain has voters of its parent. */
function drawDomain(random: SeededRandom): Pick<NetworkOptions, 'domain' | 'workstations'> {
  const core = NAMES.slice(0, random.chance(0.5) ? 2 : 3);
  const outside = NAMES.slice(core.length).slice(0, random.int(5));
  const enough = core.length + outside.length >= 3;
  const workstations = enough ? [...core, ...outside] : [...core, 'UP1'];
  const five = workstations.length >= 5 && random.chance(0.6);
  const voters = workstations.slice(0, five ? 5 : 3);
  const shuffled = random.chance(0.3) ? random.shuffle(workstations) : workstations;
  return {
    workstations,
    domain: {
      domain: 'DOM',
      core,
      candidates: random.chance(0.3) ? random.shuffle(core) : core,
      firstEpoch: { number: 0, owner: 'DM1' },
      voters: random.chance(0.3) ? shuffled.slice(0, voters.length) : voters,
      automatic: random.chance(0.75),
    },
  };
}
