import { type Command, type Definitions, type Part, type Topology, Tree } from '@ftctl/plan';
import type { SimPlugin, SimProcess, World } from '@ftctl/sim';
import type { Config } from '../../src/config.ts';
import type { TwsIo } from '../../src/io/io.ts';
import { twsSwitch } from '../../src/plugin.ts';
import { partsTable } from '../../src/stores.ts';
import { Switching } from '../../src/switching.ts';
import type { Workstation } from '../../src/workstation.ts';
import { SimJobs } from './sim-jobs.ts';
import type { SimJobMachine } from './sim-jobs-machine.ts';

const ID = 'tws-switch';

export interface NetworkOptions {
  readonly topology: Topology;
  readonly definitions: Definitions;
  readonly switchFaultTolerance?: boolean;
  /** Small roads overflow when a target is away. */
  readonly roadMb?: number;
}

/** A whole network of workstations in the simulated world. */
export class TwsNetwork {
  readonly world: World;
  readonly tree: Tree;
  readonly #options: NetworkOptions;
  readonly #plugins = new Map<string, SimPlugin<unknown>>();
  readonly #jobs: SimJobs;
  readonly #running = new Map<string, Workstation>();

  constructor(world: World, options: NetworkOptions) {
    this.world = world;
    this.tree = new Tree(options.topology);
    this.#options = options;
    this.#jobs = new SimJobs(world);
    for (const { node } of options.topology.workstations.values()) {
      if (node !== undefined) this.#start(node);
    }
  }

  get hosts(): readonly string[] {
    return [...this.#plugins.keys()];
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
        ?.emit([{ k: 'command', owner, command }])
        .catch(() => undefined);
    });
  }

  /** The jobs of one machine, for faults. */
  jobsOf(host: string): SimJobMachine {
    return this.#jobs.machine(host);
  }

  /** Notes what ran on a host and stands in no other host's copy of the plan. */
  rememberRuns(host: string): void {
    const told = new Map<string, number>();
    for (const { name, node } of this.tree.topology.workstations.values()) {
      if (node === undefined || node === host) continue;
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
    const process = this.plugin(ws).process;
    process.enter('delivery', () => {
      const roles = this.running(ws)?.desk.roles;
      if (roles instanceof Switching)
        roles.give(this.tree.domainOf(ws), { kind: 'switchmgr', force });
    });
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
    const source = (process: SimProcess) =>
      twsSwitch(this.#io(process), (workstation) => this.#running.set(host, workstation));
    const enabled = this.#options.switchFaultTolerance ?? true;
    const config: Config = {
      topology: 'topology.yaml',
      plan: 'plan.yaml',
      globalopts: { enSwfaultTol: enabled ? 'yes' : 'no', classicLinks: 'no', replay: 'normal' },
      limits: { ownMb: 64, roadMb: this.#options.roadMb ?? 64, ftboxMb: 64 },
      linkTimeoutSeconds: 3,
    };
    this.#plugins.set(host, this.world.startPlugin(host, source, { id: ID, config }));
  }

  #io(process: SimProcess): TwsIo {
    return {
      readTopology: async () => this.#options.topology,
      readDefinitions: async () => this.#options.definitions,
      jobs: () => this.#jobs.runnerOf(process),
      utcOffsetMinutes: () => 0,
    };
  }
}
