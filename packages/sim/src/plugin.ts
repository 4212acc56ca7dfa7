import type { CommandCall, CommandResult, Health, PluginInstance } from '@ftctl/sdk';
import { Capture } from './capture.ts';
import type { SimHost } from './host.ts';
import type { SimLink } from './link/link.ts';
import { PluginRun, type PluginSource, type RunState, type StartOptions } from './plugin-run.ts';
import type { SimProcess } from './process.ts';
import type { Scheduled } from './scheduler.ts';
import type { StoreFile } from './store/disk.ts';
import type { SimStore } from './store/store.ts';

/** Pause before a plugin that died by itself is started again, as the real host does. */
const BACK_OFF_MS = 1_000;
const BACK_OFF_MAX_MS = 30_000;

/** A plugin on a simulated host, over all its lives. */
export class SimPlugin<Config = unknown> {
  readonly id: string;
  readonly host: SimHost;
  /** What it said in all its lives: log lines, messages, metrics. */
  readonly captured = new Capture();
  readonly #source: PluginSource<unknown>;
  readonly #options: StartOptions<unknown>;
  #run: PluginRun | undefined;
  #lives = 0;
  #backOffMs = BACK_OFF_MS;
  #again: Scheduled | undefined;
  #paused = false;
  #startedListeners: (() => void)[] = [];

  /** Made by `host.startPlugin`. */
  constructor(host: SimHost, source: PluginSource<Config>, options: StartOptions<Config>) {
    this.host = host;
    this.id = options.id;
    // Erased, so that plugins of any config can be kept in one list.
    this.#source = source as unknown as PluginSource<unknown>;
    this.#options = options;
  }

  get state(): RunState {
    return this.#run?.state ?? 'stopped';
  }

  /** True when it has started and answers, also when degraded. */
  get running(): boolean {
    return this.state === 'ok' || this.state === 'degraded';
  }

  /** What `health()` answers; undefined when it is not running. */
  health(): Health | undefined {
    return this.running ? this.#run?.instance?.health() : undefined;
  }

  /** How often it has been started. */
  get lives(): number {
    return this.#lives;
  }

  /** The present life. @throws Error before the first start */
  get process(): SimProcess {
    return this.#services.process;
  }

  get store(): SimStore {
    return this.#services.store;
  }

  get link(): SimLink {
    return this.#services.link;
  }

  get instance(): PluginInstance | undefined {
    return this.#run?.instance;
  }

  /** What it has on disk, alive or not: for checkers, and for `host.disk` faults. */
  get disk(): StoreFile {
    return this.host.disk.file(this.id);
  }

  /** Calls `listener` after each start that succeeded. */
  onStarted(listener: () => void): void {
    this.#startedListeners.push(listener);
  }

  /** Starts a new life; the config may change. Nothing happens when one is running. */
  start(config?: Config): void {
    if (this.#run?.services.process.alive === true) return;
    this.#again?.cancel();
    this.#paused = false;
    this.#lives += 1;
    const options = { ...this.#options, config: config ?? this.#options.config };
    const services = this.host.services(this, options, (error) => this.#failed(error));
    const run = new PluginRun(services, (error) => this.#failed(error));
    this.#run = run;
    this.#record('plugin.start', { life: this.#lives });
    run.begin(this.#source, () => {
      this.#backOffMs = BACK_OFF_MS;
      this.#record('plugin.started', { life: this.#lives });
      for (const listener of this.#startedListeners) listener();
    });
  }

  /** SIGKILL of this plugin's process alone. It stays down until `start` or `host.restart`. */
  crash(): void {
    this.#again?.cancel();
    if (this.#run?.services.process.alive !== true) return;
    this.#record('plugin.crash', { life: this.#lives });
    this.#run.services.process.die();
  }

  /**
   * SIGKILL inside the n-th call to a service from now: between any two of the
   * plugin's own steps. Answers how to call it off.
   */
  crashAtCall(calls: number): () => void {
    return this.process.dieAtCall(calls, () => this.crash());
  }

  /** Stops its process alone where it stands (SIGSTOP), until `resume` or its death. */
  pause(): void {
    if (this.#run?.services.process.alive !== true || this.#paused) return;
    this.#record('plugin.pause', { life: this.#lives });
    this.#paused = true;
    this.process.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#record('plugin.resume', { life: this.#lives });
    this.#paused = false;
    if (!this.host.paused) this.process.resume();
  }

  /** Called by its host, which goes on: so does it, unless it was stopped by itself. */
  hostResumed(timersFirst: boolean | undefined): void {
    if (!this.#paused) this.process.resume(timersFirst);
  }

  /** Orderly stop; resolves when it has ended. Await it with `world.settle`. */
  async stop(): Promise<void> {
    this.#again?.cancel();
    if (this.#run?.services.process.alive !== true) return;
    this.#record('plugin.stop', { life: this.#lives });
    await this.#run.stop();
    this.#record('plugin.stopped', { life: this.#lives });
  }

  /** Calls one of its commands, as `ftctl` would. Await it with `world.settle`. */
  async command(
    name: string,
    call: Pick<Partial<CommandCall>, 'args' | 'options'> = {},
  ): Promise<CommandResult> {
    if (this.#run === undefined) throw new Error(`${this.id} was never started`);
    return this.#run.command(name, call);
  }

  get #services() {
    if (this.#run === undefined) throw new Error(`${this.id} was never started`);
    return this.#run.services;
  }

  /** Its start failed, or its code threw where nobody caught it: it dies, and is started again. */
  #failed(error: unknown): void {
    this.host.world.pluginFailed(this, error);
    this.#run?.services.process.die();
    this.#again = this.host.world.after(this.#backOffMs, () => {
      if (this.host.up) this.start();
    });
    this.#backOffMs = Math.min(this.#backOffMs * 2, BACK_OFF_MAX_MS);
  }

  #record(kind: string, fields: Record<string, unknown>): void {
    this.host.world.history.record(kind, { host: this.host.name, plugin: this.id, ...fields });
  }
}
