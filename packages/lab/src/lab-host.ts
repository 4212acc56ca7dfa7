import {
  type CommandRequest,
  callHost,
  downHost,
  type HomePaths,
  type HostStatus,
  homePaths,
  type OpenCall,
  openPluginCall,
  waitUntilGone,
} from '@ftctl/host';
import { type CommandResult, describeError } from '@ftctl/sdk';
import { labErrors } from './errors.ts';
import { type ExecOptions, type ExecResult, execInherit, execNode } from './exec.ts';
import { freeze, type HostProcess, hostProcesses, signalAll, thaw } from './host-processes.ts';
import { startHost } from './host-start.ts';
import type { FtctlFiles } from './launch.ts';
import { EXEC_WITHIN_MS, GONE_WITHIN_MS, STATUS_WITHIN_MS } from './limits.ts';
import { signalByName } from './signals.ts';
import type { LabPaths } from './state.ts';

export interface KillOptions {
  /** Default SIGKILL. */
  readonly signal?: string;
  /** Only the process of this plugin. */
  readonly plugin?: string;
  /** Only the daemon; its plugins go on. */
  readonly daemon?: boolean;
  /** Also what plugins have started to outlive them; spared unless told. */
  readonly withJobs?: boolean;
}

/** What a plugin is asked to do: a command of its manifest, with all that it needs by name. */
export type PluginCommand = Pick<CommandRequest, 'command'> &
  Partial<Pick<CommandRequest, 'args' | 'options'>>;

/**
 * `running`; `paused`: a process of it is stopped; `headless`: only plugins are
 * left; `stopped`: no process.
 */
export type LabHostState = 'running' | 'paused' | 'headless' | 'stopped';

export interface LabHostStatus {
  readonly host: string;
  readonly home: string;
  readonly state: LabHostState;
  readonly processes: readonly HostProcess[];
  /** What the host says of itself, when it answers. */
  readonly status?: HostStatus;
  /** Why it does not answer, when it runs. */
  readonly problem?: string;
}

/** One host of a lab. */
export class LabHost {
  readonly name: string;
  /** Places of its home. */
  readonly paths: HomePaths;
  private readonly files: FtctlFiles;

  constructor(name: string, lab: LabPaths, files: FtctlFiles) {
    this.name = name;
    this.paths = homePaths(lab.home(name));
    this.files = files;
  }

  /** Starts it and waits until it is ready. @throws FtError FT_LAB_START */
  start(): Promise<HostStatus> {
    return startHost(this.name, this.paths, this.files);
  }

  /** Stops it in order, or by force when it does not. */
  async stop(): Promise<void> {
    if ((await this.processes()).every(isJob)) return;
    await this.requireAwake();
    await downHost({ home: this.paths.home, force: true });
    await this.end();
  }

  /**
   * Sends a signal to its processes: to all unless told. With SIGKILL it waits
   * until they have gone.
   *
   * @throws FtError FT_LAB_SIGNAL, FT_LAB_UNKNOWN_PLUGIN
   * @returns how many processes got it
   */
  async kill(options: KillOptions = {}): Promise<number> {
    const signal = signalByName(options.signal ?? 'SIGKILL');
    const chosen = await this.choose(options, signal);
    const count = await signalAll(chosen, signal);
    if (signal === 'SIGKILL') await allGone(chosen);
    return count;
  }

  /** Stops all its processes where they stand. */
  async pause(): Promise<number> {
    return (await freeze(this.paths)).length;
  }

  /** Lets them go on. */
  async resume(): Promise<number> {
    return (await thaw(this.paths)).length;
  }

  /** Runs `ftctl ARGS` with this host's home. @throws FtError FT_LAB_PAUSED, FT_LAB_TIMEOUT */
  async exec(args: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    await this.requireAwake();
    return execNode(this.files.cli, this.withHome(args), options);
  }

  /**
   * Lets a plugin carry out a command without a process for that, for those who ask
   * again and again; resolves to what `--json` prints.
   *
   * @throws FtError of the command, or FT_HOST_* when the plugin does not answer
   */
  async command<T>(plugin: string, asked: PluginCommand): Promise<T> {
    const call = await this.open(plugin, asked);
    return (await call.answer).data as T;
  }

  /** The same for who does not wait for the answer. */
  open(
    plugin: string,
    { command, args = {}, options = {} }: PluginCommand,
  ): Promise<OpenCall<CommandResult>> {
    const request: CommandRequest = { command, args, options, cwd: this.paths.home };
    return openPluginCall<CommandResult>(this.paths, plugin, 'command', request, {
      answerWithinMs: EXEC_WITHIN_MS,
    });
  }

  /** The same on this process's terminal. Resolves to the exit code. */
  async execHere(args: readonly string[]): Promise<number> {
    await this.requireAwake();
    return execInherit(this.files.cli, this.withHome(args));
  }

  async status(): Promise<LabHostStatus> {
    const processes = await this.processes();
    const state = stateOf(processes);
    const base = { host: this.name, home: this.paths.home, state, processes };
    if (state !== 'running') return base;
    try {
      const status = await callHost<HostStatus>(
        this.paths,
        'status',
        {},
        { answerWithinMs: STATUS_WITHIN_MS },
      );
      return { ...base, status };
    } catch (error) {
      return { ...base, problem: describeError(error) };
    }
  }

  processes(): Promise<readonly HostProcess[]> {
    return hostProcesses(this.paths);
  }

  /** Ends every process of it by force. */
  async end(): Promise<void> {
    const processes = await freeze(this.paths);
    await signalAll(processes, 'SIGKILL');
    await allGone(processes);
  }

  private async choose(
    options: KillOptions,
    signal: NodeJS.Signals,
  ): Promise<readonly HostProcess[]> {
    if (options.daemon) return (await this.processes()).filter(({ role }) => role === 'host');
    const { plugin } = options;
    if (plugin === undefined) {
      // Frozen first, so that nothing is started in between that would survive.
      const all = await (signal === 'SIGKILL' ? freeze(this.paths) : this.processes());
      if (options.withJobs) return all;
      const jobs = all.filter(isJob);
      if (signal === 'SIGKILL') await signalAll(jobs, 'SIGCONT');
      return all.filter((each) => !isJob(each));
    }
    const found = (await this.processes()).filter(({ role }) => role === plugin);
    if (found.length === 0) throw labErrors.UNKNOWN_PLUGIN({ plugin, host: this.name });
    return found;
  }

  private async requireAwake(): Promise<void> {
    const processes = await this.processes();
    if (stateOf(processes) === 'paused') throw labErrors.PAUSED({ host: this.name });
  }

  /** After the words of the command and before `--`, where options still count. */
  private withHome(args: readonly string[]): readonly string[] {
    return ['--home', this.paths.home, ...args];
  }
}

function stateOf(all: readonly HostProcess[]): LabHostState {
  const processes = all.filter((each) => !isJob(each));
  if (processes.length === 0) return 'stopped';
  if (processes.some(({ role, stopped }) => stopped && role !== 'child')) return 'paused';
  return processes.some(({ role }) => role === 'host') ? 'running' : 'headless';
}

/** Jobs live on when their host's processes die, and do not make it a running host. */
function isJob({ role }: HostProcess): boolean {
  return role === 'job';
}

async function allGone(processes: readonly HostProcess[]): Promise<void> {
  await Promise.all(processes.map((each) => waitUntilGone(each, GONE_WITHIN_MS)));
}
