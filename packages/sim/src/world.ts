import { describeError, type StoreLimits } from '@ftctl/sdk';
import { simErrors } from './errors.ts';
import { History } from './history.ts';
import { type HostOptions, SimHost } from './host.ts';
import { DEFAULT_LINK_SETTINGS, type LinkSettings } from './link/limits.ts';
import { SimNetwork } from './link/network.ts';
import { GOOD_PATH, type PathQuality } from './link/paths.ts';
import type { SimPlugin } from './plugin.ts';
import type { PluginSource, StartOptions } from './plugin-run.ts';
import { SeededRandom } from './random.ts';
import { Extent, type Reduction } from './reduction.ts';
import { type Scheduled, Scheduler } from './scheduler.ts';
import type { FlushTime } from './store/disk.ts';

export interface WorldOptions {
  /** Decides everything that is left to chance. The same seed gives the same run. */
  readonly seed: number | string;
  readonly link?: Partial<LinkSettings>;
  readonly storeLimits?: Partial<StoreLimits>;
  /** How long a flush of a disk takes. Default 0.5 to 8 ms. */
  readonly flushTime?: FlushTime;
  /** The network before any fault. Default 0.2 to 2 ms without loss. */
  readonly path?: Partial<PathQuality>;
  /** Most entries of the history. Default 1,000,000. */
  readonly maxHistory?: number;
  /** Most events of the run. Default 20,000,000. */
  readonly maxEvents?: number;
  /** What of the run is left out. Default nothing. */
  readonly reduction?: Reduction;
}

export interface WorldSettings {
  readonly link: LinkSettings;
  readonly storeLimits: Partial<StoreLimits>;
  readonly flushTime: FlushTime;
  /** The network before any fault. */
  readonly path: PathQuality;
}

/** A plugin whose code threw where nobody caught it, or whose start failed. */
export interface PluginFailure {
  readonly at: number;
  readonly host: string;
  readonly plugin: string;
  readonly error: unknown;
}

/**
 * A whole network of hosts in one process, in virtual time, from one seed.
 *
 *   const world = new World({ seed: 7 });
 *   const alpha = world.addHost('alpha');
 *   const probe = alpha.startPlugin(plugin, { id: 'probe', config });
 *   await world.until(() => probe.running, 'the probe runs');
 *   alpha.crash();
 *   await world.run(5_000);
 *   alpha.restart();
 *
 * Nothing happens between two calls of `run`, `until` or `settle`; time passes
 * in them alone. Never await a promise of a simulated service by itself: it
 * needs virtual time to be settled; hand it to `settle`, or await it in code
 * that `spawn` runs.
 */
export class World {
  readonly seed: string;
  readonly settings: WorldSettings;
  readonly scheduler: Scheduler;
  readonly history: History;
  readonly network: SimNetwork;
  /** What of the planned faults and of the work is done. */
  readonly extent: Extent;
  /** Chance for the simulation's own use; `fork` it for each purpose. */
  readonly random: SeededRandom;
  readonly #hosts = new Map<string, SimHost>();
  readonly #failures: PluginFailure[] = [];
  readonly #problems: string[] = [];
  readonly #reachedFrom = new Set<string>();
  readonly #seeded: SeededRandom;
  #spawnFailure: { readonly error: unknown } | undefined;

  constructor(options: WorldOptions) {
    this.seed = String(options.seed);
    this.#seeded = new SeededRandom(this.seed);
    this.random = this.#seeded.fork('simulation');
    this.extent = new Extent(options.reduction);
    this.settings = {
      link: { ...DEFAULT_LINK_SETTINGS, ...options.link },
      storeLimits: options.storeLimits ?? {},
      flushTime: options.flushTime ?? { minMs: 0.5, maxMs: 8 },
      path: { ...GOOD_PATH, ...options.path },
    };
    const { maxEvents } = options;
    this.scheduler = new Scheduler({
      seed: this.seed,
      onReached: (what, where) => this.#reached(what, where),
      ...(maxEvents === undefined ? {} : { maxEvents }),
    });
    this.history = new History(() => this.scheduler.now, options.maxHistory);
    const random = this.#seeded.fork('network');
    this.network = new SimNetwork(this.scheduler, random, this.history, this.settings.path);
    this.scheduler.onTurn(() => this.#throwSpawnFailure());
  }

  /** Virtual milliseconds since the world began. */
  get now(): number {
    return this.scheduler.now;
  }

  get hosts(): readonly SimHost[] {
    return [...this.#hosts.values()];
  }

  addHost(name: string, options?: HostOptions): SimHost {
    if (this.#hosts.has(name)) throw simErrors.MISUSE({ why: `host ${name} is there already` });
    const host = new SimHost(this, name, this.#seeded.fork(`host/${name}`), options);
    this.#hosts.set(name, host);
    return host;
  }

  /** @throws FtError FT_SIM_UNKNOWN_HOST */
  host(name: string): SimHost {
    const host = this.#hosts.get(name);
    if (host === undefined) throw simErrors.UNKNOWN_HOST({ host: name });
    return host;
  }

  /** The same as `host.startPlugin`, adding the host when it is new. */
  startPlugin<Config>(
    host: string,
    source: PluginSource<Config>,
    options: StartOptions<Config>,
  ): SimPlugin<Config> {
    return (this.#hosts.get(host) ?? this.addHost(host)).startPlugin(source, options);
  }

  /** Lets virtual time pass. */
  async run(ms: number): Promise<void> {
    await this.scheduler.run(this.now + ms);
  }

  /**
   * Lets time pass until `ready` answers true; asked after each event.
   *
   * @throws FtError FT_SIM_NOT_IN_TIME after `withinMs`, default 60,000
   */
  async until(ready: () => boolean, what: string, withinMs = 60_000): Promise<void> {
    const came = await this.scheduler.run(this.now + withinMs, ready);
    if (!came) throw simErrors.NOT_IN_TIME({ ms: withinMs, what });
  }

  /**
   * Lets time pass until a promise of a simulated service is settled, and gives
   * its outcome.
   *
   * @throws FtError FT_SIM_NOT_IN_TIME after `withinMs`, default 60,000, or what the promise was rejected with
   */
  async settle<T>(work: Promise<T>, what = 'a promise', withinMs = 60_000): Promise<T> {
    let settled = false;
    const done = () => {
      settled = true;
    };
    work.then(done, done);
    await this.until(() => settled, what, withinMs);
    return work;
  }

  /**
   * Asked before each piece of work that a simulation does, such as an event
   * that it sends: true when it is to be done. False, and then for good, when a
   * reduction of the run says that it was enough; that is how a failing run
   * becomes a short one.
   */
  takeWork(): boolean {
    return this.extent.takeWork(this.now);
  }

  /** Calls `run` once, `ms` from now, whatever happens to any host. */
  after(ms: number, run: () => void): Scheduled {
    return this.scheduler.after(ms, 'world', run);
  }

  /** Calls `run` at a virtual time. */
  at(time: number, run: () => void): Scheduled {
    return this.scheduler.at(time, 'world', run);
  }

  /** Resolves after `ms` of virtual time: for code that `spawn` runs. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, resolve);
    });
  }

  /**
   * Runs code of the simulation beside everything else, for example a source of
   * input: it may `await world.sleep(...)`. What it throws ends the run.
   */
  spawn(work: () => Promise<void>): void {
    this.after(0, () => {
      work().catch((error: unknown) => {
        this.#spawnFailure ??= { error };
      });
    });
  }

  /**
   * Something reaches a plugin from outside, for example a datagram: `run` is
   * called in its present process after `delayMs`; late while it is paused,
   * never when it is dead by then. Answers at once whether it was alive.
   */
  deliver(plugin: SimPlugin<unknown>, run: () => void, delayMs = 0): boolean {
    const { process } = plugin;
    process.schedule(delayMs, 'delivery', run);
    return process.alive;
  }

  /**
   * Says that something is wrong, at the moment when it is seen: the run has
   * failed, and its excerpt shows what came before.
   */
  problem(text: string): void {
    this.history.record('problem', { text });
    this.#problems.push(`at ${this.now} ms: ${text}`);
  }

  /** What `problem` was told. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /** Plugins that failed by themselves, in order. */
  get failures(): readonly PluginFailure[] {
    return this.#failures;
  }

  /** Called by plugins of this world. */
  pluginFailed(plugin: SimPlugin<unknown>, error: unknown): void {
    const [host, id] = [plugin.host.name, plugin.id];
    this.history.record('plugin.failed', { host, plugin: id, error: describeError(error) });
    this.#failures.push({ at: this.now, host, plugin: id, error });
  }

  /** Told once for each place, which stays out of the history: it differs from machine to machine. */
  #reached(what: string, where: string): void {
    if (this.#reachedFrom.has(where)) return;
    this.#reachedFrom.add(where);
    const text = `simulated code reached the real world: ${what}`;
    this.history.record('problem', { text });
    this.#problems.push(`at ${this.now} ms: ${text} ${where}`);
  }

  #throwSpawnFailure(): void {
    const failure = this.#spawnFailure;
    this.#spawnFailure = undefined;
    if (failure !== undefined) throw failure.error;
  }
}
