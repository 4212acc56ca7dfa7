import type {
  Capability,
  CommandCall,
  CommandResult,
  Health,
  PluginContext,
  PluginDefinition,
  PluginInstance,
} from '@ftctl/sdk';
import { simErrors } from './errors.ts';
import type { SimLink } from './link/link.ts';
import type { SimProcess } from './process.ts';
import type { SimStore } from './store/store.ts';

/**
 * What is started: a plugin's definition, or, for one whose input and output
 * are faked, a function that makes the definition for each life. The function
 * gets that life's process: run what your fakes deliver through
 * `process.enter('delivery', ...)` or `process.schedule`, so that a dead
 * process hears nothing and a paused one hears it late.
 */
export type PluginSource<Config> =
  | PluginDefinition<Config>
  | ((process: SimProcess) => PluginDefinition<Config>);

export interface StartOptions<Config> {
  readonly id: string;
  readonly config: Config;
  readonly capabilities?: readonly Capability[];
}

export type RunState = 'starting' | Health['state'] | 'stopping' | 'stopped' | 'crashed';

/** Everything that one life of a plugin has: its process and services. */
export interface PluginServices {
  readonly process: SimProcess;
  readonly ctx: PluginContext;
  readonly store: SimStore;
  readonly link: SimLink;
}

/** One life of a plugin: `setup`, `start`, then `health()` until `stop` or death. */
export class PluginRun {
  readonly services: PluginServices;
  readonly #onFailed: (error: unknown) => void;
  #instance: PluginInstance | undefined;
  #phase: 'starting' | 'running' | 'stopping' | 'stopped' = 'starting';
  #stopping: Promise<void> | undefined;

  constructor(services: PluginServices, onFailed: (error: unknown) => void) {
    this.services = services;
    this.#onFailed = onFailed;
  }

  get instance(): PluginInstance | undefined {
    return this.#instance;
  }

  get state(): RunState {
    if (!this.services.process.alive) return this.#phase === 'stopped' ? 'stopped' : 'crashed';
    if (this.#phase !== 'running') return this.#phase;
    return this.#instance?.health().state ?? 'failed';
  }

  begin(source: PluginSource<unknown>, onStarted: () => void): void {
    const { process, ctx } = this.services;
    const run = async () => {
      const definition = typeof source === 'function' ? source(process) : source;
      const instance = await definition.setup(ctx);
      if (!process.alive || this.#phase !== 'starting') return;
      this.#instance = instance;
      await instance.start();
      if (!process.alive || this.#phase !== 'starting') return;
      this.#phase = 'running';
      onStarted();
    };
    process.schedule(0, 'delivery', () => {
      run().catch((error: unknown) => {
        if (process.alive) this.#onFailed(error);
      });
    });
  }

  /** Orderly end: `stop()`, then links down, then what was committed on disk. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    const { process, link, store } = this.services;
    this.#phase = 'stopping';
    try {
      await this.#instance?.stop();
    } catch (error) {
      if (process.alive) this.#onFailed(error);
    }
    link.stop();
    await store.close();
    this.#phase = 'stopped';
    process.die();
  }

  /** Calls a command of the plugin as `ftctl` would. */
  async command(
    name: string,
    call: Pick<Partial<CommandCall>, 'args' | 'options'> & {
      readonly onWrite?: (piece: string) => void;
    },
  ): Promise<CommandResult> {
    const handler = this.#instance?.commands?.[name];
    if (handler === undefined || this.#phase !== 'running') {
      throw simErrors.MISUSE({ why: `there is no running plugin with a command ${name}` });
    }
    return handler({
      args: call.args ?? {},
      options: call.options ?? {},
      cwd: '/',
      stdin: noInput(),
      write: (piece) => call.onWrite?.(typeof piece === 'string' ? piece : decoder.decode(piece)),
      onInterrupt: () => undefined,
    });
  }
}

const decoder = new TextDecoder();

async function* noInput(): AsyncGenerator<Uint8Array> {
  // A command in the simulated world has nobody at its keyboard.
}
