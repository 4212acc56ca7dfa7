import type { SeededRandom } from '@ftctl/sim';
import { GOOD, type Network } from './network.ts';
import type { SimulatedWorkstation } from './workstation.ts';

/** What goes wrong in a run, and what operators do meanwhile. Every fault ends by itself. */

type Fault = (network: Network, random: SeededRandom) => void;

const LONGEST_MS = 5_000;

function length(random: SeededRandom): number {
  return random.chance(0.3) ? random.float() * LONGEST_MS : 50 + random.float() * 2_000;
}

function pick(network: Network, random: SeededRandom): SimulatedWorkstation {
  const acting = network.acting();
  if (acting.length > 0 && random.chance(0.5)) return network.get(random.pick(acting));
  return random.pick(network.all);
}

function pickCore(network: Network, random: SeededRandom): SimulatedWorkstation {
  return network.get(random.pick(network.options.domain.core));
}

function restart(
  network: Network,
  one: SimulatedWorkstation,
  afterMs: number,
  demgr = false,
): void {
  network.at(network.nowMs + afterMs, () => {
    if (one.life === 0) one.boot({ demgr });
  });
}

const crash: Fault = (network, random) => {
  const one = pick(network, random);
  if (one.life === 0) return;
  one.crash();
  restart(network, one, length(random), network.options.domain.automatic && random.chance(0.1));
};

/** The process is killed again and again, as one that cannot start. */
const crashLoop: Fault = (network, random) => {
  const one = pick(network, random);
  for (let turn = 0; turn < 4; turn += 1) {
    network.at(network.nowMs + turn * 300, () => {
      if (one.life === 0) return;
      one.crash();
      restart(network, one, 20 + random.float() * 200);
    });
  }
};

const pause: Fault = (network, random) => {
  const one = pick(network, random);
  one.pause();
  network.at(network.nowMs + length(random), () => one.resume());
};

function cutAll(network: Network, pairs: readonly (readonly [string, string])[], ms: number): void {
  network.trace(`cut ${pairs.map(([a, b]) => `${a}>${b}`).join(' ')} for ${ms.toFixed(0)}`);
  for (const [from, to] of pairs) network.cut(from, to);
  network.at(network.nowMs + ms, () => {
    for (const [from, to] of pairs) network.mend(from, to);
    network.trace('mended');
  });
}

const partition: Fault = (network, random) => {
  const names = random.shuffle(network.options.workstations);
  const at = 1 + random.int(names.length - 1);
  const [left, right] = [names.slice(0, at), names.slice(at)];
  const pairs = left.flatMap((a) => right.flatMap((b) => [[a, b] as const, [b, a] as const]));
  cutAll(network, pairs, length(random));
};

const isolateOne: Fault = (network, random) => {
  const { name } = pick(network, random);
  const [out, back] = random.pick([
    [true, true],
    [true, false],
    [false, true],
  ] as const);
  const pairs = network.options.workstations
    .filter((other) => other !== name)
    .flatMap((other) => [
      ...(out ? [[name, other] as const] : []),
      ...(back ? [[other, name] as const] : []),
    ]);
  cutAll(network, pairs, length(random));
};

const oneWay: Fault = (network, random) => {
  const [from, to] = random.shuffle(network.options.workstations);
  if (from !== undefined && to !== undefined) cutAll(network, [[from, to]], length(random));
};

const badNetwork: Fault = (network, random) => {
  network.quality = {
    loss: random.float() * 0.4,
    duplication: random.float() * 0.3,
    late: random.float() * 0.3,
  };
  network.at(network.nowMs + length(random), () => {
    network.quality = GOOD;
  });
};

const slowDisk: Fault = (network, random) => {
  const one = pick(network, random);
  one.commitMs = 50 + random.float() * 600;
  network.at(network.nowMs + length(random), () => {
    one.commitMs = 8;
  });
};

const switchByHand: Fault = (network, random) => {
  pickCore(network, random).give({ kind: 'switchmgr', force: false });
};

const twoByHand: Fault = (network, random) => {
  for (const name of random.shuffle(network.options.domain.core).slice(0, 2)) {
    network.at(network.nowMs + random.float() * 200, () => {
      network.get(name).give({ kind: 'switchmgr', force: false });
    });
  }
};

/** The claimant dies somewhere on its way. */
const dyingClaimant: Fault = (network, random) => {
  const one = pickCore(network, random);
  one.give({ kind: 'switchmgr', force: false });
  network.at(network.nowMs + random.float() * 300, () => {
    if (one.life === 0) return;
    one.crash();
    restart(network, one, length(random));
  });
};

/** Two managers that do not hear of each other change the list, again and again. */
const churnVoters: Fault = (network, random) => {
  for (let turn = 0; turn < 8; turn += 1) {
    network.at(network.nowMs + random.float() * 5_000, () => changeVoters(network, random));
  }
  partition(network, random);
};

const changeVoters: Fault = (network, random) => {
  const acting = network.acting();
  if (acting.length === 0) return;
  const name = random.pick(network.options.workstations);
  const change = random.chance(0.5) ? { add: name } : { remove: name };
  network.get(random.pick(acting)).give({ kind: 'voters', change });
};

const unfit: Fault = (network, random) => {
  const { name } = pickCore(network, random);
  const tell = (why?: string) => {
    for (const one of network.all) {
      const input = { kind: 'fitness', workstation: name } as const;
      one.give(why === undefined ? input : { ...input, unfit: why });
    }
  };
  tell('ftup overwritten');
  network.at(network.nowMs + length(random), () => tell());
};

/** Installed anew, or restored from a backup; one of a run, since no more are covered. */
const loseStore: Fault = (network, random) => {
  const one = random.pick(network.all);
  if (one.life > 0) one.crash();
  loseStoreOf(network, one, random);
  restart(network, one, length(random));
};

function loseStoreOf(network: Network, one: SimulatedWorkstation, random: SeededRandom): void {
  if (network.all.some(({ disk }) => disk?.learned !== true)) return;
  network.trace(`${one.name} loses its store`);
  network.watcher.forget(one.name);
  one.loseStore(random.chance(0.5));
}

/** Two hosts meet: each tells the epoch that it has on disk. */
const handshake: Fault = (network, random) => {
  const [a, b] = random.shuffle(network.all);
  if (a?.disk === undefined || b === undefined) return;
  b.give({ kind: 'heard', epoch: a.disk.epoch });
};

/** Two members cannot hear each other while the voter between them restarts. */
const blindCandidate: Fault = (network, random) => {
  const [acting] = network.acting();
  const others = network.options.domain.core.filter((name) => name !== acting);
  if (acting === undefined || others.length === 0) return;
  const blind = random.pick(others);
  const cut = [
    [acting, blind],
    [blind, acting],
  ] as const;
  cutAll(network, cut, 4_000);
  const between = network.all.filter(({ name }) => name !== acting && name !== blind);
  network.at(network.nowMs + 1_300 + random.float() * 1_000, () => {
    for (const one of between) {
      if (one.life === 0 || random.chance(0.2)) continue;
      one.crash();
      restart(network, one, 10 + random.float() * 200);
    }
  });
};

/** A voter crashes just after it promised, its claimant is cut off, and another claims. */
const promiseAndDie: Fault = (network, random) => {
  const { core } = network.options.domain;
  const [first, second] = random.shuffle(core);
  if (first === undefined || second === undefined) return;
  let armed = true;
  network.watcher.onSent = (voter, message) => {
    if (!armed || message.kind !== 'promise' || message.claim.owner !== first) return;
    const claimant = first;
    armed = false;
    network.at(network.nowMs + 1 + random.float() * 15, () => {
      if (voter.life === 0) return;
      voter.crash();
      if (random.chance(0.3)) loseStoreOf(network, voter, random);
      restart(network, voter, 10 + random.float() * 50);
      const pairs = network.options.workstations
        .filter((name) => name !== claimant)
        .flatMap((name) => [[claimant, name] as const, [name, claimant] as const]);
      cutAll(network, pairs, 3_000);
      network.at(network.nowMs + 100, () => {
        network.get(second).give({ kind: 'switchmgr', force: false });
      });
    });
  };
  network.get(first).give({ kind: 'switchmgr', force: false });
};

/** The manager stops while the answers to its requests for a lease are on their way. */
const pauseInRenewal: Fault = (network, random) => {
  let armed = true;
  network.watcher.onSent = (one, message) => {
    if (!armed || message.kind !== 'renew' || !message.held) return;
    armed = false;
    network.at(network.nowMs + random.float() * 2, () => one.pause());
    network.at(network.nowMs + 1_000 + random.float() * 3_000, () => one.resume());
  };
};

const force: Fault = (network, random) => {
  network.watcher.forced = true;
  pickCore(network, random).give({ kind: 'switchmgr', force: true });
};

const startMgr: Fault = (network, random) => {
  pickCore(network, random).give({ kind: 'start-mgr' });
};

const COMMON: readonly Fault[] = [
  crash,
  crash,
  crashLoop,
  pause,
  pause,
  partition,
  partition,
  isolateOne,
  isolateOne,
  oneWay,
  badNetwork,
  badNetwork,
  slowDisk,
  switchByHand,
  twoByHand,
  dyingClaimant,
  changeVoters,
  changeVoters,
  unfit,
  handshake,
  startMgr,
  blindCandidate,
  promiseAndDie,
  pauseInRenewal,
  churnVoters,
];

/** Spreads faults over a time. `healAll` ends those that last longer. */
export function spreadFaults(network: Network, random: SeededRandom, overMs: number): void {
  const count = 1 + random.int(8);
  const withForce = random.chance(0.08);
  const storeLost = random.chance(0.15);
  for (let index = 0; index < count; index += 1) {
    const fault = withForce && index === 0 ? force : random.pick(COMMON);
    network.at(network.nowMs + random.float() * overMs, () => fault(network, random));
  }
  if (storeLost)
    network.at(network.nowMs + random.float() * overMs, () => loseStore(network, random));
}

/** Ends what is left of faults. */
export function healAll(network: Network): void {
  network.quality = GOOD;
  network.mendAll();
  network.watcher.onSent = () => undefined;
  for (const one of network.all) {
    one.commitMs = 8;
    one.resume();
    if (one.life === 0) one.boot();
    for (const name of network.options.domain.core)
      one.give({ kind: 'fitness', workstation: name });
  }
}
