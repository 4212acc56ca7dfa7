import type { Command } from '@ftctl/plan';
import type { SeededRandom, World } from '@ftctl/sim';
import { problemsAtRest } from '../checks.ts';
import { type InCustody, inCustody, lostFromCustody } from '../custody.ts';
import { watchExecutions } from '../executed-twice.ts';
import { type NetworkShape, randomDefinitions, randomTopology } from '../random-network.ts';
import { type NetworkOptions, TwsNetwork } from '../tws-network.ts';
import { watchManagers } from '../watch-managers.ts';

/** Longest time that what is asked for in a network without faults may take, milliseconds. */
const SOON_MS = 30_000;
/** An operator asks again after so long. */
const AGAIN_MS = 3_000;
const ROUND_MS = 2_000;
/** Rounds of an operator in which everything must come right. */
const MAX_ROUNDS = 45;

const ENDED = ['SUCC', 'DONE'];
const ENDED_WELL = ['SUCC'];

export interface SceneOptions extends Partial<Omit<NetworkOptions, 'topology'>> {
  readonly shape?: Partial<NetworkShape>;
  /** Where each domain is to switch by itself; by chance when it is not said. */
  readonly automaticSwitch?: boolean;
}

const SMALL: Omit<NetworkShape, 'automaticSwitch'> = {
  domains: 1,
  fullStatus: 2,
  plain: 2,
  extended: 0,
};

/** A job of a stream of its own, and the one that it waits for. */
interface Submitted {
  readonly ws: string;
  readonly id: string;
  readonly after?: string;
}

/** A small random network at work on a plan, and what a script does to it. */
export class Scene {
  readonly world: World;
  readonly network: TwsNetwork;
  readonly random: SeededRandom;
  #held: InCustody[] = [];
  readonly #submitted = new Map<string, Submitted>();
  #atWork = false;

  constructor(world: World, options: SceneOptions) {
    this.world = world;
    this.random = world.random.fork('scene');
    const topology = randomTopology(this.random, {
      ...SMALL,
      automaticSwitch: options.automaticSwitch ?? this.random.chance(0.5),
      ...options.shape,
    });
    const streams = 3 + this.random.int(4);
    this.network = new TwsNetwork(world, {
      definitions: randomDefinitions(this.random, topology, { streams, jobs: 4 }),
      ...options,
      topology,
    });
    watchManagers(this.network);
    watchExecutions(this.network);
  }

  get tree() {
    return this.network.tree;
  }

  get domains(): readonly string[] {
    return [...this.tree.topology.domains.keys()];
  }

  /** The domain below the root that most scripts are about, or the root when there is no other. */
  get domain(): string {
    return this.domains[1] ?? this.tree.root;
  }

  manager(domain = this.domain): string {
    return this.network.acting(domain)[0] ?? this.network.managerOf(domain);
  }

  /** Core members that could manage their domain and are up: nobody who does so now. */
  agents(domain = this.domain): readonly string[] {
    const [manager] = this.network.acting(domain);
    return this.tree.coreOf(domain).filter((ws) => ws !== manager && this.isUp(ws));
  }

  /** One of them by chance, as soon as there is one. */
  async candidate(domain = this.domain): Promise<string> {
    await this.untilSoon(() => this.agents(domain).length > 0, `a candidate of ${domain} is up`);
    return this.random.pick(this.agents(domain));
  }

  host(ws: string) {
    return this.world.host(this.network.hostOf(ws));
  }

  /** Makes the next plan, and waits until everybody who is there works with it. */
  async nextPlan(): Promise<void> {
    const { tree, network } = this;
    const run = this.run + 1;
    await this.untilSoon(
      () => network.acting(tree.root).length > 0,
      'somebody manages the root domain',
    );
    // Asked while the plan before is still on its way, the master refuses.
    await this.#insist(
      () => this.run < run && this.ask({ c: 'jnextday' }),
      () => network.present.every(({ name }) => !this.isUp(name) || network.runOf(name) >= run),
      `plan ${run} is everywhere`,
    );
  }

  /** Run of the newest plan that somebody has. */
  get run(): number {
    return Math.max(...this.network.present.map(({ name }) => this.network.runOf(name)));
  }

  isUp(ws: string): boolean {
    return this.network.running(ws) !== undefined;
  }

  /** An operator's request to the master, given where he works. */
  ask(command: Command): void {
    const master = this.manager(this.tree.root);
    this.network.command(master, master, command);
  }

  /** `switchmgr`, again and again until the workstation acts. */
  async switchTo(ws: string, force = false): Promise<void> {
    await this.#insist(
      () => this.network.switchManager(ws, force),
      () => this.acts(ws),
      `${ws} manages its domain`,
    );
  }

  acts(ws: string): boolean {
    return this.network.acting(this.tree.domainOf(ws)).includes(ws);
  }

  /** Submits jobs all over the network until the scene comes to rest, so that there is always something under way. */
  work(everyMs = 250): void {
    this.#atWork = true;
    this.world.spawn(async () => {
      let last: string | undefined;
      while (this.#atWork && this.world.takeWork()) {
        const after = this.random.chance(0.25) ? last : undefined;
        const { name: ws } = this.random.pick(this.network.present);
        last = this.submit(ws, this.random.between(0.05, 1), after);
        await this.world.sleep(this.random.between(0.5 * everyMs, 1.5 * everyMs));
      }
    });
  }

  /** @param after another such job, which must end well first @returns the name of its stream in the plan */
  submit(ws: string, seconds = this.random.between(0.05, 1), after?: string): string {
    const name = `W${this.#submitted.size + 1}`;
    const other = after === undefined ? undefined : this.#submitted.get(after);
    const id = `${ws}#${name}.${this.run}.${name}`;
    this.#submitted.set(name, { ws, id, ...(after === undefined ? {} : { after }) });
    const command = `sleep ${seconds.toFixed(2)}`;
    const follows = other === undefined ? [] : [{ kind: 'job', id: other.id } as const];
    this.ask({
      c: 'submit',
      submission: { ws, name, command, follows, priority: 10, recovery: 'continue' },
    });
    return name;
  }

  /** Jobs that were submitted to hosts that are there, and have not run to their end. */
  unrun(): string[] {
    const { network } = this;
    const states = new Map<string, string>();
    for (const part of network.partsOf(this.manager(this.tree.root)).values()) {
      if (part.kind === 'job') states.set(part.id.split('.').at(-1) ?? '', part.s?.state ?? '?');
    }
    return [...this.#submitted].flatMap(([name, { ws, after }]) => {
      const state = states.get(name);
      const isDue = after === undefined || ENDED_WELL.includes(states.get(after) ?? '');
      if (!isDue || network.isLost(ws) || state === undefined || ENDED.includes(state)) return [];
      return [`unrun: ${name} on ${ws} is ${state}`];
    });
  }

  /** Jobs of the plan whose ids have something in common, and that have not ended well; or that there are none. */
  notWell(common: string): string[] {
    const parts = [...this.network.partsOf(this.manager(this.tree.root)).values()];
    const jobs = parts.filter(({ kind, id }) => kind === 'job' && id.includes(common));
    if (jobs.length === 0) return [`no job ${common} is in the plan`];
    return jobs.flatMap((job) => {
      const state = job.kind === 'job' ? (job.s?.state ?? 'nothing') : '';
      return state === 'SUCC' ? [] : [`unrun: ${job.id} is ${state}`];
    });
  }

  /** Cuts a workstation off from all others, or from those alone that are named. */
  cutOff(ws: string, from = this.network.hosts, silent = this.random.chance(0.5)): void {
    const host = this.network.hostOf(ws);
    for (const other of from) {
      if (other !== host) this.world.network.cut(host, other, { silent });
    }
  }

  join(ws: string): void {
    const host = this.network.hostOf(ws);
    for (const other of this.network.hosts) {
      if (other !== host) this.world.network.heal(host, other);
    }
  }

  /** From now on what is in custody must stay. */
  remember(): void {
    this.#held = [...this.#held, ...inCustody(this.network)];
  }

  lose(ws: string): void {
    this.remember();
    this.network.lose(ws);
  }

  /** Says that the moment was reached which a case is about. */
  reached(what: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.world.history.record(`case.${what}`, fields);
  }

  /** Ends all faults, and lets an operator do what the runbook says until nothing is wrong. */
  async rest(): Promise<void> {
    this.#atWork = false;
    this.world.network.heal();
    for (const { node } of this.network.present) if (node !== undefined) this.#repair(node);
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      await this.world.run(ROUND_MS);
      this.#operate(round);
      if (this.problems().length > 0) continue;
      await this.world.run(ROUND_MS);
      if (this.problems().length === 0) return;
    }
  }

  problems(): string[] {
    return [...problemsAtRest(this.network), ...lostFromCustody(this.network, this.#held)];
  }

  async untilSoon(ready: () => boolean, what: string, withinMs = SOON_MS): Promise<void> {
    await this.world.until(ready, what, withinMs);
  }

  #repair(host: string): void {
    const found = this.world.host(host);
    found.resume();
    found.disk.free();
    found.restart();
  }

  /** Releases who is held, and lets another manage where the manager is gone. */
  #operate(round: number): void {
    for (const { name } of this.network.present) {
      const station = this.network.running(name);
      if (station === undefined || station.incarnation.learning) continue;
      const held = station.desk.book.plan.cpu(name).s?.held;
      if (held !== undefined) this.network.command(name, name, { c: 'unhold', ws: name });
    }
    if (round < 3 || round % 3 !== 0) return;
    for (const domain of this.domains) {
      if (this.network.acting(domain).length > 0) continue;
      const [ws] = this.agents(domain);
      if (ws !== undefined) this.network.switchManager(ws, round >= 6);
    }
  }

  async #insist(act: () => void, done: () => boolean, what: string): Promise<void> {
    for (let waitedMs = 0; waitedMs < SOON_MS; waitedMs += AGAIN_MS) {
      act();
      const isDone = await this.world.scheduler.run(this.world.now + AGAIN_MS, done);
      if (isDone) return;
    }
    throw new Error(`not in ${SOON_MS} ms: ${what}`);
  }
}
