import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { OpenCall } from '@ftctl/host';
import { type Lab, type PluginCommand, startLab } from '@ftctl/lab';
import type { CommandResult } from '@ftctl/sdk';
import type { Network } from './networks.ts';

const run = promisify(execFile);
// Bundled into `dist`.
const CHECKOUT = resolve(import.meta.dirname, '../../..');
const PLUGIN = 'tws-switch';
export const PLUGIN_FOLDER = join(CHECKOUT, 'plugins', PLUGIN);
const FTCTL = join(CHECKOUT, 'packages/ftctl/bin/ftctl.js');
/** More than any backlog of this benchmark. */
const LIMITS = { ownMb: 512, roadMb: 512, ftboxMb: 512 };
const ANSWER_WITHIN_MS = 30_000;
const POLL_MS = 100;

export interface SwitchLabOptions {
  readonly network: Network;
  readonly switchFaultTolerance: boolean;
  /**
   * Links go straight from host to host, on ports that were free when the lab
   * started; else through the lab's relay, where a host that starts again finds
   * its port whoever has taken one meanwhile.
   */
  readonly direct?: boolean;
}

/** A line of a plugin's log; with `id` and `params` a message of its catalogue. */
export interface LoggedLine {
  readonly atMs: number;
  readonly text: string;
  readonly id?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

type RawLine = Omit<LoggedLine, 'atMs' | 'text'> & { readonly time: string; readonly msg: string };

/** A network of real hosts that run the plugin, asked over their local sockets. */
export class SwitchLab {
  readonly lab: Lab;
  readonly #folder: string;

  private constructor(lab: Lab, folder: string) {
    this.lab = lab;
    this.#folder = folder;
  }

  static async start(options: SwitchLabOptions): Promise<SwitchLab> {
    const { network, switchFaultTolerance, direct = false } = options;
    const folder = await mkdtemp(join(tmpdir(), 'ftctl-bench-'));
    const topology = join(folder, 'network.yaml');
    const plan = join(folder, 'plan.yaml');
    await writeFile(topology, network.topology);
    await writeFile(plan, network.plan);
    const globalopts = { enSwfaultTol: switchFaultTolerance ? 'yes' : 'no' };
    const plugins = { [PLUGIN]: { topology, plan, globalopts, limits: LIMITS } };
    const names = [...network.topology.matchAll(/^ {2}(\S+): \{.* domain: /gm)];
    const hosts = names.flatMap(([line, name = '']) =>
      line.includes('type: x-agent') ? [] : [name.toLowerCase()],
    );
    const definition = {
      relay: !direct,
      plugins: { [PLUGIN]: PLUGIN_FOLDER },
      hosts: Object.fromEntries(hosts.map((host) => [host, { plugins }])),
    };
    try {
      const lab = await startLab({ definition, dir: join(folder, 'lab'), ftctl: FTCTL });
      return new SwitchLab(lab, folder);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Carries out `ftctl tws NAME` on a host, without a process for it. @throws FtError of the command */
  command<T>(
    host: string,
    command: string,
    args: PluginCommand['args'] = {},
    options: PluginCommand['options'] = {},
  ): Promise<T> {
    return this.lab.host(host).command<T>(PLUGIN, { command, args, options });
  }

  /** The same for who does not wait for the answer. */
  open(
    host: string,
    command: string,
    args: PluginCommand['args'] = {},
  ): Promise<OpenCall<CommandResult>> {
    return this.lab.host(host).open(PLUGIN, { command, args });
  }

  /** Runs `ftctl tws ARGS` on a host as an operator does. @throws Error when it fails */
  async ftctl(host: string, ...args: readonly string[]): Promise<void> {
    const { home } = this.lab.host(host).paths;
    const limit = { timeout: ANSWER_WITHIN_MS };
    await run(process.execPath, [FTCTL, '--home', home, 'tws', ...args], limit);
  }

  /** Asks until `look` answers something. @throws Error with `what` after the time */
  async until<T>(
    what: string,
    look: () => Promise<T | undefined>,
    { limitMs = 60_000, everyMs = POLL_MS } = {},
  ): Promise<T> {
    const end = performance.now() + limitMs;
    for (;;) {
      const seen = await look();
      if (seen !== undefined) return seen;
      if (performance.now() > end) throw new Error(`${what}: not within ${limitMs / 1_000} s`);
      await sleep(everyMs);
    }
  }

  /** What a host's plugin has logged since a time of the wall clock, oldest first. */
  async logged(host: string, sinceMs: number): Promise<readonly LoggedLine[]> {
    const file = join(this.lab.host(host).paths.logs, `${PLUGIN}.log`);
    const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
    return lines.flatMap((line) => {
      const { time, msg: text, ...rest } = JSON.parse(line) as RawLine;
      const atMs = Date.parse(time);
      return atMs < sinceMs ? [] : [{ atMs, text, ...rest }];
    });
  }

  /** Pids of daemons and plugins. */
  async pids(): Promise<readonly number[]> {
    const all = await Promise.all(this.lab.hosts.map((host) => host.processes()));
    const roles = new Set(['host', PLUGIN]);
    return all.flat().flatMap(({ pid, role }) => (roles.has(role) ? [pid] : []));
  }

  async stop(): Promise<void> {
    await this.lab.down({ remove: true });
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Starts a lab for some work, and ends it whatever becomes of that. */
export async function withLab<T>(
  options: SwitchLabOptions,
  work: (lab: SwitchLab) => Promise<T>,
): Promise<T> {
  const lab = await SwitchLab.start(options);
  try {
    return await work(lab);
  } finally {
    await lab.stop();
  }
}
