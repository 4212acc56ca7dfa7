import { API_VERSION, type PluginContext } from '@ftctl/sdk';
import { askOnHost } from './capability-calls.ts';
import { SimPrograms } from './child-processes.ts';
import { HostClock, SimClock } from './clock.ts';
import { SimLink } from './link/link.ts';
import { SimPlugin } from './plugin.ts';
import type { PluginServices, PluginSource, StartOptions } from './plugin-run.ts';
import { SimProcess } from './process.ts';
import type { SeededRandom } from './random.ts';
import type { Scheduled } from './scheduler.ts';
import { SimDisk } from './store/disk.ts';
import { SimStore } from './store/store.ts';
import type { World } from './world.ts';

export interface HostOptions {
  /** How far its wall clock is off, milliseconds. Default 0. */
  readonly clockOffsetMs?: number;
}

/** A simulated machine: a clock, a disk, programs, and the plugins that run on it. */
export class SimHost {
  readonly name: string;
  readonly world: World;
  readonly disk: SimDisk;
  /** Programs that plugins can start as child processes. */
  readonly programs = new SimPrograms();
  readonly #random: SeededRandom;
  readonly #clock: HostClock;
  readonly #plugins = new Map<string, SimPlugin<unknown>>();
  readonly #powerLossListeners: (() => void)[] = [];
  #up = true;
  #powered = true;
  #paused = false;
  #resumeAt: Scheduled | undefined;

  /** Made by `world.addHost`. */
  constructor(world: World, name: string, random: SeededRandom, options: HostOptions = {}) {
    this.world = world;
    this.name = name;
    this.#random = random;
    const { scheduler, settings } = world;
    this.#clock = new HostClock(scheduler, options.clockOffsetMs ?? 0);
    this.disk = new SimDisk(name, scheduler, random.fork('disk'), settings.flushTime);
    world.network.addHost(name, () => this.#powered);
  }

  /** False from `crash` or `stop` until `restart`. */
  get up(): boolean {
    return this.#up;
  }

  get paused(): boolean {
    return this.#paused;
  }

  get plugins(): readonly SimPlugin<unknown>[] {
    return [...this.#plugins.values()];
  }

  /** A plugin that was started here. @throws Error when there is none of this id */
  plugin(id: string): SimPlugin<unknown> {
    const found = this.#plugins.get(id);
    if (found === undefined) throw new Error(`host ${this.name} has no plugin ${id}`);
    return found;
  }

  /**
   * Starts a plugin as the real host does: `setup`, then `start`, in its own
   * process with its own store and link. Returns at once; it has started when
   * `running` is true, for which `world.until` waits.
   */
  startPlugin<Config>(
    source: PluginSource<Config>,
    options: StartOptions<Config>,
  ): SimPlugin<Config> {
    if (this.#plugins.has(options.id)) {
      throw new Error(`plugin ${options.id} is on host ${this.name} already`);
    }
    const plugin = new SimPlugin<Config>(this, source, options);
    this.#plugins.set(options.id, plugin);
    plugin.start();
    return plugin;
  }

  /**
   * Kills every plugin process (SIGKILL): what was not on disk is lost, timers
   * die, promises never settle, and peers see their connections end. With
   * `power: true` the machine loses its power: nothing more is sent, so peers
   * find out by silence alone.
   */
  crash(options: { readonly power?: boolean } = {}): void {
    if (!this.#up) return;
    this.#record('host.crash', { power: options.power ?? false });
    this.#up = false;
    this.#powered = options.power !== true;
    this.#wake();
    if (!this.#powered) for (const listener of this.#powerLossListeners) listener();
    for (const plugin of this.plugins) plugin.crash();
  }

  /**
   * Calls `listener` whenever the machine loses its power, before its plugins
   * die: for what a simulation keeps of this machine itself, such as processes
   * that outlive plugins.
   */
  onPowerLoss(listener: () => void): void {
    this.#powerLossListeners.push(listener);
  }

  /**
   * Kills the host inside the n-th call to a service that one of its plugins
   * makes from now on: between any two of that plugin's steps. Answers how to
   * call it off.
   */
  crashAtCall(calls: number): () => void {
    const alive = this.plugins.filter((plugin) => plugin.process.alive);
    if (alive.length === 0) return () => undefined;
    return this.#random.pick(alive).process.dieAtCall(calls, () => this.crash());
  }

  /**
   * Kills the host at some moment while the n-th flush from now is under way:
   * of its commits a prefix, from none to all, has reached the disk, and no
   * plugin was told. Answers how to call it off.
   */
  crashInFlush(flushes: number, options: { readonly power?: boolean } = {}): () => void {
    let crash: Scheduled | undefined;
    const disarm = this.disk.atFlush(flushes, (endsInMs) => {
      const inMs = this.#random.between(0, endsInMs);
      crash = this.world.scheduler.after(inMs, `disk:${this.name}`, () => this.crash(options));
    });
    return () => {
      disarm();
      crash?.cancel();
    };
  }

  /** Starts every plugin again that is not running, on what the disk has. */
  restart(): void {
    if (!this.#up) this.#record('host.restart');
    this.#up = true;
    this.#powered = true;
    for (const plugin of this.plugins) plugin.start();
  }

  /** Stops every plugin in order, in reverse order of their start. Await it with `world.settle`. */
  async stop(): Promise<void> {
    this.#record('host.stop');
    this.#up = false;
    for (const plugin of [...this.plugins].reverse()) await plugin.stop();
  }

  /**
   * Stops all its processes where they stand (SIGSTOP). Timers and deliveries
   * wait, and all run late on `resume`, which comes by itself after `ms` when
   * given. Its kernel goes on: connections stay open, a flush under way ends.
   */
  pause(ms?: number): void {
    if (!this.#up) return;
    this.#record('host.pause', ms === undefined ? {} : { ms });
    this.#paused = true;
    for (const plugin of this.plugins) plugin.process.pause();
    this.#resumeAt?.cancel();
    if (ms !== undefined) this.#resumeAt = this.world.after(ms, () => this.resume());
  }

  resume(): void {
    if (!this.#paused) return;
    this.#record('host.resume');
    this.#wake();
    // Whether overdue timers run before what came in is up to the event loop: try all ways.
    const timersFirst = this.#random.pick([undefined, true, false]);
    for (const plugin of this.plugins) plugin.hostResumed(timersFirst);
  }

  /** Sets its wall clock forward or back. Monotonic time and timers do not notice. */
  jumpClock(byMs: number): void {
    this.#record('host.clock-jump', { byMs });
    this.#clock.offsetMs += byMs;
  }

  /**
   * Lets its clock run fast, or with a negative number slow, by so many parts of
   * a million: wall clock, monotonic time and the timers of its plugins.
   */
  driftClock(ppm: number): void {
    this.#clock.drift(ppm);
  }

  /** Everything a plugin is handed, for a new life of it. */
  services(
    plugin: SimPlugin<unknown>,
    options: StartOptions<unknown>,
    onFailed: (error: unknown) => void,
  ): PluginServices {
    const { network, scheduler, settings } = this.world;
    const process = new SimProcess({
      host: this.name,
      plugin: plugin.id,
      life: plugin.lives,
      scheduler,
      onUncaught: (_process, error) => onFailed(error),
    });
    if (this.#paused) process.pause();
    const random = this.#random.fork(`${plugin.id}/${plugin.lives}`);
    const store = new SimStore(process, this.disk, settings.storeLimits);
    const linkRandom = random.fork('link');
    const link = new SimLink({
      process,
      network,
      random: linkRandom,
      store,
      settings: settings.link,
    });
    const ctx: PluginContext = {
      config: options.config,
      store,
      link,
      clock: new SimClock(process, this.#clock, random.fork('clock').int(1_000_000)),
      random: random.fork('plugin'),
      processes: this.programs.for(process),
      log: plugin.captured.logger(process),
      metrics: plugin.captured.metricsOf(process),
      messages: plugin.captured.emitter(process),
      host: {
        name: this.name,
        plugin: plugin.id,
        home: `/sim/${this.name}/${plugin.id}`,
        versions: { plugin: '0.0.0', host: '0.0.0', api: API_VERSION },
      },
      capability: (name) => options.capabilities?.find((offer) => offer.name === name),
      ask: (operation, question, ask) =>
        askOnHost(this, process, options.capabilities ?? [], operation, question, ask),
    };
    return { process, ctx, store, link };
  }

  #wake(): void {
    this.#paused = false;
    this.#resumeAt?.cancel();
  }

  #record(kind: string, fields: Record<string, unknown> = {}): void {
    this.world.history.record(kind, { host: this.name, ...fields });
  }
}
