import type {
  AskOptions,
  Capability,
  CapabilityAnswer,
  CapabilityOperation,
} from './capability.ts';
import type { Clock } from './clock.ts';
import type { CommandHandler } from './commands.ts';
import type { Link } from './link.ts';
import type { Logger } from './log.ts';
import type { Messages } from './messages.ts';
import type { Metrics } from './metrics.ts';
import type { Processes } from './processes.ts';
import type { Random } from './random.ts';
import type { Store } from './store.ts';
import type { Views } from './views.ts';

const BRAND = Symbol.for('ftctl.plugin');

/**
 * What a plugin is handed. In `setup` it may be kept and not used, save for
 * `config`, `host` and `log`; from `start` to `stop` all of it may be used.
 */
export interface PluginContext<Config = unknown> {
  /** Already valid against the manifest's schema, with its defaults filled in. */
  readonly config: Config;
  readonly store: Store;
  readonly link: Link;
  readonly clock: Clock;
  readonly random: Random;
  readonly processes: Processes;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly messages: Messages;
  readonly host: HostInfo;
  /** A capability that the manifest requires; undefined when it is optional and nobody provides it. */
  capability(name: string): Capability | undefined;
  /**
   * Asks the plugin of this host that provides a capability. When no answer
   * comes it is not known whether it acted: asking again is the caller's decision.
   *
   * @throws FtError FT_CAPABILITY_NOT_PROVIDED, FT_CAPABILITY_AWAY,
   *   FT_CAPABILITY_NOT_ANSWERED, FT_CAPABILITY_BAD_ANSWER, or the provider's own coded error
   */
  ask<Q, R>(operation: CapabilityOperation<Q, R>, question: Q, options?: AskOptions): Promise<R>;
}

export interface HostInfo {
  /** This host's name, as its peers know it. */
  readonly name: string;
  /** This plugin's id. */
  readonly plugin: string;
  /** A folder for this plugin's own files. */
  readonly home: string;
  readonly versions: { readonly plugin: string; readonly host: string; readonly api: string };
}

/**
 * `starting` until `start()` has resolved; then what `health()` answers.
 * `degraded` works with a limitation and says which; `failed` does not work.
 */
export interface Health {
  readonly state: 'ok' | 'degraded' | 'failed';
  readonly reason?: string;
  /** Shown by `ftctl status --json` under this plugin. */
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface PluginInstance {
  /** Returns fast: opens what is needed; long work goes on afterwards. */
  start(): Promise<void> | void;
  /** Ends all work. Works before `start` and twice. */
  stop(): Promise<void> | void;
  /** Cheap: answers from memory. */
  health(): Health;
  /** Handlers of the manifest's commands with `runs: plugin`, by command name. */
  readonly commands?: Readonly<Record<string, CommandHandler>>;
  /** What it answers for the capabilities that its manifest provides; made by `answers`. */
  readonly answers?: readonly CapabilityAnswer[];
  /** What its panels on the dashboard, and other programs, may read. */
  readonly views?: Views;
}

export interface PluginDefinition<Config = unknown> {
  /** Wires the plugin together, without any effect on the world. */
  setup(ctx: PluginContext<Config>): PluginInstance | Promise<PluginInstance>;
  /**
   * Handlers of the manifest's commands with `runs: cli`, by command name. They
   * run in a short process of their own, with the store open for reading only
   * and without links; the daemon may be down.
   */
  readonly cli?: Readonly<Record<string, (ctx: CliContext<Config>) => CommandHandler>>;
}

export type CliContext<Config = unknown> = Pick<
  PluginContext<Config>,
  'config' | 'clock' | 'random' | 'processes' | 'log' | 'host'
> & { readonly store: Omit<Store, 'commit' | 'topic' | 'drained'> };

export type Plugin<Config = unknown> = PluginDefinition<Config> & { readonly [BRAND]: true };

/** What a plugin's entry module exports as its default. */
export function definePlugin<Config = unknown>(
  definition: PluginDefinition<Config>,
): Plugin<Config> {
  return { ...definition, [BRAND]: true };
}

export function isPlugin(value: unknown): value is Plugin {
  return (
    typeof value === 'object' &&
    value !== null &&
    (value as Record<symbol, unknown>)[BRAND] === true &&
    typeof (value as PluginDefinition).setup === 'function'
  );
}
