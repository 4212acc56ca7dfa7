import { type Command, type Definitions, type Part, type Topology, Tree } from '@ftctl/plan';
import type { SimPlugin, SimProcess, World } from '@ftctl/sim';
import type { Config } from '../../src/config.ts';
import type { TwsIo } from '../../src/io/io.ts';
import { twsSwitch } from '../../src/plugin.ts';
import { partsTable } from '../../src/stores.ts';
import { Switching } from '../../src/switching.ts';
import type { Workstation } from '../../src/workstation.ts';
import { type JobBehaviour, SimJobs } from './sim-jobs.ts';

const ID = 'tws-switch';

export interface NetworkOptions {
  readonly topology: Topology;
  readonly definitions: Definitions;
  readonly switchFaultTolerance?: boolean;
  readonly launcherDeaths?: number;
}

/** A whole network of workstations in the simulated world. */
export class TwsNetwork {
  readonly world: World;
  readonly tree: Tree;
  readonly #options: NetworkOptions;
  readonly #plugins = new Map<string, SimPlugin<unknown>>();
  readonly #jobs = new Map<string, SimJobs>();
  readonly #running = new Map<string, Workstation>();

  constructor(world: World, options: NetworkOptions) {
    this.world = world;
    this.tree = new Tree(options.topology);
    this.#options = options;
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

  jobsOf(host: string): SimJobs {
    const jobs = this.#jobs.get(host);
    if (jobs === undefined) throw new Error(`no jobs on ${host}`);
    return jobs;
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

  /** Parts of a workstation's copy of the plan as they stand on its disk. */
  partsOf(ws: string): ReadonlyMap<string, Part> {
    return new Map(partsTable(this.plugin(ws).store).entries({ limit: 1_000_000 }));
  }

  #start(host: string): void {
    this.world.addHost(host, {
      clockOffsetMs: this.world.random.fork(`clock/${host}`).between(-2_000, 2_000),
    });
    const behaviour: JobBehaviour = {
      runMs: ({ command }) => Number(command.split(' ')[1] ?? 100),
      rc: ({ command }) => Number(command.split(' ')[2] ?? 0),
      launcherDeaths: this.#options.launcherDeaths ?? 0,
    };
    const jobs = new SimJobs(this.world, host, behaviour);
    this.#jobs.set(host, jobs);
    const source = (process: SimProcess) =>
      twsSwitch(this.#io(jobs, process), (workstation) => this.#running.set(host, workstation));
    const enabled = this.#options.switchFaultTolerance ?? true;
    const config: Config = {
      topology: 'topology.yaml',
      plan: 'plan.yaml',
      globalopts: { enSwfaultTol: enabled ? 'yes' : 'no', classicLinks: 'no', replay: 'normal' },
      limits: { ownMb: 64, roadMb: 64, ftboxMb: 64 },
      linkTimeoutSeconds: 3,
    };
    this.#plugins.set(host, this.world.startPlugin(host, source, { id: ID, config }));
  }

  #io(jobs: SimJobs, process: SimProcess): TwsIo {
    return {
      readTopology: async () => this.#options.topology,
      readDefinitions: async () => this.#options.definitions,
      jobs: () => jobs.runnerOf(process),
      utcOffsetMinutes: () => 0,
    };
  }
}
