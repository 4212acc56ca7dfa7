import { DEFAULT_LIMITS } from '@ftctl/sdk';
import type { ParsedConfig } from '../config/parse.ts';
import { readConfigFile } from '../config/read.ts';
import { hostErrors } from '../errors.ts';
import { hostMessages } from '../messages.ts';
import type { HomePaths } from '../paths.ts';
import type { HostStatus, TlsStatus } from '../status.ts';
import { Keeper, type KeeperContext } from './keeper.ts';
import { knownProcesses } from './leftovers.ts';
import { type PlannedPlugin, planPlugins } from './plan.ts';

/** What a change of the configuration has done, by plugin id. */
export interface Changes {
  readonly started: readonly string[];
  readonly restarted: readonly string[];
  readonly stopped: readonly string[];
}

/** How often processes are looked at while one starts or ends, and otherwise. */
const BUSY_BEAT_MS = 25;
const CALM_BEAT_MS = 250;

export interface HostFacts {
  readonly tls: () => TlsStatus;
  readonly version: string;
  readonly startedAt: string;
}

/** All plugins of one host: brings what runs in line with configuration and lockfile. */
export class Host {
  readonly #paths: HomePaths;
  readonly #context: KeeperContext;
  readonly #facts: HostFacts;
  readonly #keepers = new Map<string, Keeper>();
  #parsed: ParsedConfig;
  #metricsAddress: string | undefined;
  #dashboardAddress: string | undefined;
  #beat: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(paths: HomePaths, parsed: ParsedConfig, context: KeeperContext, facts: HostFacts) {
    this.#paths = paths;
    this.#parsed = parsed;
    this.#context = context;
    this.#facts = facts;
  }

  get config() {
    return this.#parsed.config;
  }

  get keepers(): readonly Keeper[] {
    return [...this.#keepers.values()];
  }

  set dashboardAddress(address: string | undefined) {
    this.#dashboardAddress = address;
  }

  set metricsAddress(address: string | undefined) {
    this.#metricsAddress = address;
  }

  /** Starts or adopts everything, all at once. A plugin that cannot be started keeps no other from it. */
  async start(): Promise<void> {
    const planned = await planPlugins(this.#paths, this.#parsed);
    await Promise.all(planned.map((one) => this.#keeper(one).begin(one)));
    await this.#endLeftovers(planned);
    this.#scheduleBeat();
    void this.#settled().then(() => this.#forgetRemoved(planned));
  }

  /**
   * Reads configuration and lockfile again. Everything is checked before
   * anything is touched; then only what has changed is restarted.
   *
   * @param again plugins that are restarted whether or not they have changed
   * @throws FtError of the first thing that is not right; nothing was changed then
   */
  async reload(again: readonly string[] = []): Promise<Changes> {
    this.#refuseWhenStopping();
    const parsed = await readConfigFile(this.#paths);
    const planned = await planPlugins(this.#paths, parsed);
    const problem = planned.find(isMistake)?.problem;
    if (problem) throw problem;
    this.#refuseWhenStopping();
    this.#parsed = parsed;
    const changes = this.#apply(planned, again);
    const { started, restarted, stopped } = changes;
    const counts = {
      started: started.length,
      restarted: restarted.length,
      stopped: stopped.length,
    };
    this.#context.messages.emit(hostMessages.FTHO003I(counts));
    await this.#settled();
    this.#forgetRemoved(planned);
    return changes;
  }

  /** Restarts one plugin, or all that are to run. Ends a quarantine. */
  async restart(plugin?: string): Promise<Changes> {
    const known = [...this.#keepers.keys()];
    if (plugin !== undefined && !known.includes(plugin)) {
      throw hostErrors.NOT_INSTALLED({ plugin });
    }
    return this.reload(plugin === undefined ? known : [plugin]);
  }

  /** Ends all plugins, all at once. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const keeper of this.keepers) keeper.stop();
    this.#scheduleBeat();
    await this.#settled();
    clearTimeout(this.#beat);
  }

  /** Stops looking after the plugins, which run on. */
  letGo(): void {
    this.#stopping = true;
    clearTimeout(this.#beat);
  }

  status(): HostStatus {
    const { version, startedAt, tls } = this.#facts;
    return {
      host: this.config.host,
      pid: process.pid,
      version,
      startedAt,
      tls: tls(),
      home: this.#paths.home,
      ...(this.#metricsAddress === undefined ? {} : { metrics: this.#metricsAddress }),
      ...(this.#dashboardAddress === undefined ? {} : { dashboard: this.#dashboardAddress }),
      plugins: this.keepers.map((keeper) => keeper.status()).sort((a, b) => (a.id < b.id ? -1 : 1)),
      messages: this.#context.messages.recent(),
    };
  }

  #apply(planned: readonly PlannedPlugin[], again: readonly string[]): Changes {
    const changes = { started: [] as string[], restarted: [] as string[], stopped: [] as string[] };
    for (const one of planned) {
      const before = this.#keepers.get(one.id)?.digest;
      const after = one.launch?.digest;
      const replace = before !== after || again.includes(one.id);
      if (after !== undefined && before === undefined) changes.started.push(one.id);
      else if (after === undefined && before !== undefined) changes.stopped.push(one.id);
      else if (after !== undefined && replace) changes.restarted.push(one.id);
      this.#keeper(one).apply(one, replace);
    }
    const ids = planned.map((one) => one.id);
    for (const keeper of this.keepers.filter((each) => !ids.includes(each.planned.id))) {
      if (!keeper.isIdle) changes.stopped.push(keeper.planned.id);
      keeper.stop();
    }
    this.#scheduleBeat();
    return changes;
  }

  #keeper(planned: PlannedPlugin): Keeper {
    const known = this.#keepers.get(planned.id);
    if (known) return known;
    const keeper = new Keeper(this.#context, planned);
    this.#keepers.set(planned.id, keeper);
    return keeper;
  }

  /** Plugins that were removed or disabled while no host ran, and run on. */
  async #endLeftovers(planned: readonly PlannedPlugin[]): Promise<void> {
    for (const id of await knownProcesses(this.#paths)) {
      if (planned.some((one) => one.id === id && (one.launch || one.problem))) continue;
      const removed = { id, version: '', enabled: false, limits: DEFAULT_LIMITS };
      const one = planned.find((each) => each.id === id) ?? removed;
      await this.#keeper(one).endLeftover();
    }
  }

  async #settled(): Promise<void> {
    await Promise.all(this.keepers.map((keeper) => keeper.settled()));
  }

  #forgetRemoved(planned: readonly PlannedPlugin[]): void {
    for (const [id, keeper] of this.#keepers) {
      if (keeper.isIdle && !planned.some((one) => one.id === id)) this.#keepers.delete(id);
    }
  }

  #refuseWhenStopping(): void {
    if (this.#stopping) throw hostErrors.STOPPING();
  }

  #scheduleBeat(): void {
    clearTimeout(this.#beat);
    const busy = this.keepers.some((keeper) => !keeper.isCalm);
    this.#beat = setTimeout(
      () => {
        for (const keeper of this.keepers) keeper.beat();
        this.#scheduleBeat();
      },
      busy ? BUSY_BEAT_MS : CALM_BEAT_MS,
    );
  }
}

/** A plugin that is named but not installed hinders nothing; everything else is to be corrected first. */
function isMistake(planned: PlannedPlugin): boolean {
  return planned.problem !== undefined && planned.version !== '';
}
