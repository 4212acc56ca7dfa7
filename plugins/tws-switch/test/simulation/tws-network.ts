import {
  type Command,
  type Definitions,
  type Part,
  type Topology,
  Tree,
  type WorkstationDefinition,
} from '@ftctl/plan';
import { type CommandResult, definePlugin, type PluginContext } from '@ftctl/sdk';
import type { SimPlugin, SimProcess, World } from '@ftctl/sim';
import type { Config } from '../../src/config.ts';
import type { VotersChange } from '../../src/core/switcher/voters.ts';
import type { TwsIo } from '../../src/io/io.ts';
import { twsSwitch } from '../../src/plugin.ts';
import { partsTable } from '../../src/stores.ts';
import { Switching } from '../../src/switching.ts';
import type { Workstation } from '../../src/workstation.ts';
import { FOLLOWER, type Followed, follower, SOURCE } from './follower.ts';
import { SimJobs } from './sim-jobs.ts';
import type { SimJobMachine } from './sim-jobs-machine.ts';
import { SimSinfonia } from './sim-sinfonia.ts';

const ID = 'tws-switch';

export interface NetworkOptions {
  readonly topology: Topology;
  readonly definitions: Definitions;
  readonly switchFaultTolerance?: boolean;
  /** Small roads overflow when a target is away. */
  readonly roadMb?: number;
  readonly ownMb?: number;
  readonly plant?: Plant;
}

/** A bug for the checkers to find, put between the plugin and what it stands on. */
export interface Plant {
  /** Changes what the plugin is handed, at the start of each life. */
  readonly context?: (ctx: PluginContext<unknown>, io: TwsIo) => PluginContext<unknown>;
  /** Changes a new life of a workstation. */
  readonly opened?: (workstation: Workstation) => void;
}

/** A whole network of workstations in the simulated world. */
export class TwsNetwork {
  readonly world: World;
  readonly tree: Tree;
  readonly #options: NetworkOptions;
  readonly #plugins = new Map<string, SimPlugin<unknown>>();
  readonly #jobs: SimJobs;
  readonly #sinfonia: SimSinfonia;
  readonly #followed = new Map<string, Followed>();
  readonly #running = new Map<string, Workstation>();
  readonly #lost = new Set<string>();
  readonly #forced = new Set<string>();
  readonly #onOpened: ((workstation: Workstation) => void)[] = [];

  constructor(world: World, options: NetworkOptions) {
    this.world = world;
    this.tree = new Tree(options.topology);
    this.#options = options;
    this.#jobs = new SimJobs(world);
    this.#sinfonia = new SimSinfonia(world);
    for (const { node } of options.topology.workstations.values()) {
      if (node !== undefined) this.#start(node);
    }
  }

  get hosts(): readonly string[] {
    return [...this.#plugins.keys()];
  }

  /** Workstations with a host of their own that was not lost for ever. */
  get present(): readonly WorkstationDefinition[] {
    return [...this.tree.topology.workstations.values()].filter(
      ({ node }) => node !== undefined && !this.#lost.has(node),
    );
  }

  /** The host of a workstation is gone for ever. */
  lose(ws: string): void {
    const host = this.hostOf(ws);
    this.world.history.record('loss.permanent', { host, ws });
    this.#lost.add(host);
    this.world.host(host).crash({ power: true });
  }

  isLost(ws: string): boolean {
    return this.#lost.has(this.hostOf(ws));
  }

  /** Calls `listener` with every new life of a workstation. */
  onOpened(listener: (workstation: Workstation) => void): void {
    this.#onOpened.push(listener);
  }

  hostOf(ws: string): string {
    return this.tree.workstation(ws).node ?? ws;
  }

  plugin(ws: string): SimPlugin<unknown> {
    const plugin = this.#plugins.get(this.hostOf(ws));
    if (plugin === undefined) throw new Error(`no plugin on ${ws}`);
    return plugin;
  }

  /** The present life of a workstation, for scripts that act in its name; undefined while it is down. */
  running(ws: string): Workstation | undefined {
    const host = this.hostOf(ws);
    return this.#plugins.get(host)?.running ? this.#running.get(host) : undefined;
  }

  /** An operator's request, given on a workstation. */
  command(on: string, owner: string, command: Command): void {
    const process = this.plugin(on).process;
    process.enter('delivery', () => {
      this.running(on)
        ?.ask(owner, command)
        .catch(() => undefined);
    });
  }

  /** Lets a mirror of the plan run beside each workstation that may be the master. */
  mirror(): void {
    for (const ws of this.tree.coreOf(this.tree.root)) {
      const host = this.hostOf(ws);
      const followed: Followed = { plan: undefined, loads: 0, checks: 0, wrong: [] };
      this.#followed.set(host, followed);
      const folder = this.#sinfonia.folder(host);
      const plugin = follower(followed, (path) => folder.get(Number(path.split('.')[1])) ?? '');
      this.world.startPlugin(host, plugin, { id: FOLLOWER, config: {}, capabilities: [SOURCE] });
    }
  }

  /** What the mirror beside a workstation has. */
  mirrored(ws: string): Followed | undefined {
    return this.#followed.get(this.hostOf(ws));
  }

  /** The jobs of one machine, for faults. */
  jobsOf(host: string): SimJobMachine {
    return this.#jobs.machine(host);
  }

  /**
   * Notes what ran on a host and stands in no manager's or full-status agent's copy
   * of the plan: it was in nobody's custody, whatever a plain agent has heard of it.
   */
  rememberRuns(host: string): void {
    const told = new Map<string, number>();
    for (const { name, node, fullStatus } of this.tree.topology.workstations.values()) {
      if (node === undefined || node === host || !fullStatus) continue;
      for (const part of this.partsOf(name).values()) {
        if (part.kind !== 'job') continue;
        told.set(part.id, Math.max(part.s?.attempt ?? 0, told.get(part.id) ?? 0));
      }
    }
    for (const { job, attempt, host: ranOn } of this.world.history.of('job.ran')) {
      if (ranOn !== host || Number(attempt) <= (told.get(String(job)) ?? 0)) continue;
      this.world.history.record('loss.unknown', { job, attempt });
    }
  }

  /** `switchmgr` on the workstation that is to become manager of its domain. */
  switchManager(ws: string, force = false): void {
    if (force) this.#forced.add(this.tree.domainOf(ws));
    const process = this.plugin(ws).process;
    process.enter('delivery', () => {
      const roles = this.running(ws)?.desk.roles;
      if (roles instanceof Switching)
        roles.give(this.tree.domainOf(ws), { kind: 'switchmgr', force });
    });
  }

  /** `voters DOMAIN --add` or `--remove`, given to who manages the domain. */
  changeVoters(domain: string, change: VotersChange): void {
    const [manager] = this.acting(domain);
    if (manager === undefined) return;
    this.plugin(manager).process.enter('delivery', () => {
      const roles = this.running(manager)?.desk.roles;
      if (roles instanceof Switching) roles.give(domain, { kind: 'voters', change });
    });
  }

  /** Whether an operator has forced a switch of a domain at any time. */
  isForced(domain: string): boolean {
    return this.#forced.has(domain);
  }

  /** Number of the run whose plan a workstation has; 0 while it is down, or has none. */
  runOf(ws: string): number {
    return this.running(ws)?.turnover.plan.run ?? 0;
  }

  /** Calls a command on a workstation, as `ftctl tws` does there. Await it with `world.settle`. */
  async tell(
    ws: string,
    name: string,
    args: Readonly<Record<string, string>>,
  ): Promise<CommandResult> {
    return this.plugin(ws).command(name, { args });
  }

  /** Workstations that act as managers of a domain at this moment. */
  acting(domain: string): readonly string[] {
    return this.tree.coreOf(domain).filter((ws) => this.running(ws)?.desk.roles.acting() ?? false);
  }

  /** Who manages a domain, as most of those that run it believe. */
  managerOf(domain: string): string {
    const votes = new Map<string, number>();
    for (const ws of this.tree.coreOf(domain)) {
      const owner = this.running(ws)?.desk.roles.managerOf(domain);
      if (owner !== undefined) votes.set(owner, (votes.get(owner) ?? 0) + 1);
    }
    const [most] = [...votes].sort(([, a], [, b]) => b - a);
    return most?.[0] ?? this.tree.domain(domain).manager;
  }

  /** Parts of a workstation's copy of the plan as they stand on its disk. */
  partsOf(ws: string): ReadonlyMap<string, Part> {
    return new Map(partsTable(this.plugin(ws).store).entries({ limit: 1_000_000 }));
  }

  #start(host: string): void {
    this.world.addHost(host, {
      clockOffsetMs: this.world.random.fork(`clock/${host}`).between(-2_000, 2_000),
    });
    const source = (process: SimProcess) => {
      const io = this.#io(process);
      const plugin = twsSwitch(io, (workstation) => this.#opened(host, workstation));
      const { context } = this.#options.plant ?? {};
      if (context === undefined) return plugin;
      return definePlugin({ setup: (ctx) => plugin.setup(context(ctx, io)) });
    };
    const enabled = this.#options.switchFaultTolerance ?? true;
    const master = this.tree.domain(this.tree.root).manager;
    const config: Config = {
      topology: 'topology.yaml',
      // Whoever takes its place plans by what came with the plan.
      ...(host === this.hostOf(master) ? { plan: 'plan.yaml' } : {}),
      globalopts: { enSwfaultTol: enabled ? 'yes' : 'no', classicLinks: 'no', replay: 'normal' },
      limits: {
        ownMb: this.#options.ownMb ?? 64,
        roadMb: this.#options.roadMb ?? 64,
        ftboxMb: 64,
        mirrorboxMb: 1,
        sinfoniaMb: 64,
        archiveMb: 1,
      },
      logs: { maxAgeDays: 30, maxMb: 64 },
      linkTimeoutSeconds: 3,
    };
    this.#plugins.set(host, this.world.startPlugin(host, source, { id: ID, config }));
  }

  #opened(host: string, workstation: Workstation): void {
    this.#running.set(host, workstation);
    this.#options.plant?.opened?.(workstation);
    for (const listener of this.#onOpened) listener(workstation);
  }

  #io(process: SimProcess): TwsIo {
    return {
      readTopology: async () => this.#options.topology,
      readDefinitions: async () => this.#options.definitions,
      jobs: () => this.#jobs.runnerOf(process),
      sinfonia: () => this.#sinfonia.filesOf(process),
      utcOffsetMinutes: () => 0,
    };
  }
}
