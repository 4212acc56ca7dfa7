import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  API_VERSION,
  DEFAULT_LIMITS,
  type Health,
  type Limits,
  type PluginContext,
  type PluginInstance,
} from '@ftctl/sdk';
import { type ControlServer, serveControl } from '../control/server.ts';
import { ensureSocketFolder } from '../control/socket-folder.ts';
import { hostErrors } from '../errors.ts';
import { removeFailure } from '../failure-record.ts';
import { type OpenLog, openLog } from '../log/logger.ts';
import { homePaths } from '../paths.ts';
import type { StartFile } from '../plugin-spec.ts';
import { ownIdentity, type ProcessIdentity } from '../process-info.ts';
import { removeRunRecord, writeRunRecord } from '../run-record.ts';
import { askProvider } from './capability-calls.ts';
import { systemClock } from './clock.ts';
import { checkHandlers, importPlugin } from './load-plugin.ts';
import { createMessageSink, type MessageSink } from './message-sink.ts';
import { createMetrics, type PluginMetrics } from './metrics.ts';
import { pluginOperations } from './operations.ts';
import { allowedProcesses } from './processes.ts';
import { systemRandom } from './random.ts';
import { openRooms, type Rooms } from './rooms.ts';
import type { ViewTable } from './views.ts';
import { within } from './within.ts';

export type RunnerState = 'starting' | 'running' | 'stopping';

/** One plugin in its own process: what is opened for it, its life from start to stop. */
export class PluginProcess {
  readonly start: StartFile;
  readonly metrics: PluginMetrics = createMetrics();
  readonly messages: MessageSink;
  /** Ends the process in order; given by whoever owns the process. */
  readonly requestStop: () => void;
  readonly #log: OpenLog;
  readonly #startedAt = new Date().toISOString();
  #state: RunnerState = 'starting';
  #identity: ProcessIdentity | undefined;
  #views: ViewTable | undefined;
  #rooms: Rooms | undefined;
  #control: ControlServer | undefined;
  #instance: PluginInstance | undefined;
  #stopping: Promise<void> | undefined;

  constructor(start: StartFile, requestStop: () => void) {
    this.start = start;
    this.requestStop = requestStop;
    const { plugin, host, home, log } = start.spec;
    const path = join(homePaths(home).logs, `${plugin}.log`);
    this.#log = openLog({ path, ...log }, log.level, { host, plugin });
    this.messages = createMessageSink(this.#log.log);
  }

  get log() {
    return this.#log.log;
  }

  get state(): RunnerState {
    return this.#state;
  }

  get port(): number | undefined {
    return this.#rooms?.port();
  }

  get handlers() {
    return this.#instance?.commands ?? {};
  }

  /** What checks a question is loaded with the first one: it would take half of a start. */
  async views(): Promise<ViewTable> {
    const { ViewTable } = await import('./views.ts');
    this.#views ??= new ViewTable(this.start.spec.plugin, this.#instance?.views);
    return this.#views;
  }

  get answers() {
    return this.#instance?.answers ?? [];
  }

  get limits(): Required<Pick<Limits, 'startMs' | 'drainMs'>> {
    return { ...DEFAULT_LIMITS, ...this.start.manifest.limits };
  }

  health(): Health {
    if (!this.#instance) return { state: 'ok' };
    try {
      return this.#instance.health();
    } catch (error) {
      this.log.error('health() has thrown', { error });
      return { state: 'failed', reason: `health() has thrown: ${String(error)}` };
    }
  }

  /** From nothing to ready. */
  async run(): Promise<void> {
    const { spec } = this.start;
    const home = homePaths(spec.home).data(spec.plugin);
    await mkdir(home, { recursive: true, mode: 0o700 });
    await ensureSocketFolder(homePaths(spec.home).sockets);
    // The store has one writer, so from here on no second process runs this plugin.
    this.#rooms = await openRooms(spec, this.log);
    this.#identity = await ownIdentity();
    await this.#record(false);
    this.#control = await serveControl(this.start.socket, {
      who: `plugin ${spec.plugin}`,
      operations: pluginOperations(this),
    });
    await within(this.limits.startMs, this.#startPlugin(home), () =>
      hostErrors.START_FAILED({
        plugin: spec.plugin,
        why: `not ready in ${this.limits.startMs} ms`,
      }),
    );
    if (this.#state !== 'starting') return;
    this.#state = 'running';
    await removeFailure(homePaths(spec.home), spec.plugin);
    await this.#record(true);
    this.log.info('ready', { pid: process.pid, port: this.port });
  }

  /** Ends everything in order; the same promise for every caller. Never rejects. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /** What waits to be written, before the process ends by an error. */
  closeLog(limitMs: number): Promise<void> {
    return this.#log.close(limitMs);
  }

  async #startPlugin(home: string): Promise<void> {
    const { spec, manifest } = this.start;
    const rooms = this.#rooms as Rooms;
    const plugin = await importPlugin(manifest, spec.folder);
    checkHandlers(manifest, 'cli', plugin.cli);
    this.#instance = await plugin.setup(this.#context(home, rooms));
    checkHandlers(manifest, 'plugin', this.#instance.commands);
    // Channels that `start` serves before its first wait are there when the first peer comes.
    const started = this.#instance.start();
    await Promise.all([started, rooms.startLink()]);
  }

  #context(home: string, rooms: Rooms): PluginContext {
    const { spec, manifest, runner } = this.start;
    return {
      config: spec.config,
      store: rooms.store,
      link: rooms.link,
      clock: systemClock,
      random: systemRandom,
      processes: allowedProcesses(spec.plugin, manifest.permissions?.childProcesses ?? []),
      log: this.log,
      metrics: this.metrics.metrics,
      messages: this.messages,
      host: {
        name: spec.host,
        plugin: spec.plugin,
        home,
        versions: { plugin: spec.version, host: runner, api: API_VERSION },
      },
      capability: (name) => spec.capabilities.find((capability) => capability.name === name),
      ask: (operation, question, options) => askProvider(spec, operation, question, options),
    };
  }

  async #stop(): Promise<void> {
    this.#state = 'stopping';
    const { spec } = this.start;
    const { drainMs } = this.limits;
    const tooSlow = () => new Error(`not done in ${drainMs} ms`);
    await this.#attempt('stop()', () => within(drainMs, this.#instance?.stop(), tooSlow));
    await this.#attempt('closing link and store', () => this.#rooms?.close());
    await this.#attempt('closing the control socket', () => this.#control?.close());
    await this.#attempt('removing the run record', async () => {
      if (this.#identity) await removeRunRecord(homePaths(spec.home), spec.plugin, this.#identity);
    });
    this.log.info('stopped');
    await this.#log.close();
  }

  /** A step of stopping that fails does not keep the others from being done. */
  async #attempt(what: string, step: () => Promise<void> | undefined): Promise<void> {
    try {
      await step();
    } catch (error) {
      this.log.error(`${what} failed`, { error });
    }
  }

  #record(ready: boolean): Promise<void> {
    const { spec, digest, runner, socket } = this.start;
    const identity = this.#identity as ProcessIdentity;
    return writeRunRecord(homePaths(spec.home), spec.plugin, {
      ...identity,
      runner,
      spec: digest,
      socket,
      ready,
      ...(this.port === undefined ? {} : { port: this.port }),
      startedAt: this.#startedAt,
    });
  }
}
