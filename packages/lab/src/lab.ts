import { rm } from 'node:fs/promises';
import { homePaths, isRunning } from '@ftctl/host';
import { crashesOf } from './crashes.ts';
import type { LabDefinition } from './definition.ts';
import { labErrors } from './errors.ts';
import type { ExecOptions, ExecResult } from './exec.ts';
import { LabHost, type LabHostStatus } from './lab-host.ts';
import { ftctlFiles } from './launch.ts';
import { MAX_PARALLEL_STARTS } from './limits.ts';
import { inParallel } from './parallel.ts';
import type { Cut, CutOptions } from './relay/cuts.ts';
import { cutLink, healLink, relayStatus, stopRelay } from './relay-client.ts';
import {
  type LabPaths,
  type LabState,
  labPaths,
  type RelayRecord,
  readState,
  removeFolder,
} from './state.ts';
import { type WaitOptions, waitUntil } from './wait.ts';

export interface LabStatus {
  readonly dir: string;
  readonly hosts: Readonly<Record<string, LabHostStatus>>;
  /** Absent in a lab without one. */
  readonly relay?: {
    readonly pid: number;
    readonly running: boolean;
    readonly cuts: readonly Cut[];
    readonly connections: number;
  };
}

/** A network of real hosts on this machine. */
export class Lab {
  readonly definition: LabDefinition;
  readonly paths: LabPaths;
  readonly hosts: readonly LabHost[];
  private readonly state: LabState;

  constructor(paths: LabPaths, state: LabState) {
    this.paths = paths;
    this.state = state;
    this.definition = state.definition;
    const files = ftctlFiles(state.ftctl);
    this.hosts = Object.keys(state.definition.hosts).map((name) => new LabHost(name, paths, files));
  }

  /** A host by its name. @throws FtError FT_LAB_UNKNOWN_HOST */
  host(name: string): LabHost {
    const found = this.hosts.find((host) => host.name === name);
    if (found) return found;
    const hosts = this.hosts.map((host) => host.name).join(', ');
    throw labErrors.UNKNOWN_HOST({ host: name, hosts });
  }

  /** Runs `ftctl ARGS` on a host. @throws FtError FT_LAB_PAUSED */
  exec(host: string, args: readonly string[], options?: ExecOptions): Promise<ExecResult> {
    return this.host(host).exec(args, options);
  }

  /** Cuts the network between two hosts; see `Relay` for what each kind does. */
  async cut(a: string, b: string, options: CutOptions = {}): Promise<void> {
    await cutLink(this.relayBetween('cut', a, b), { a, b, ...options });
  }

  /** Ends all cuts between two hosts. */
  async heal(a: string, b: string): Promise<void> {
    await healLink(this.relayBetween('heal', a, b), { a, b });
  }

  async status(): Promise<LabStatus> {
    const all = await Promise.all(this.hosts.map((host) => host.status()));
    const hosts = Object.fromEntries(all.map((status) => [status.host, status]));
    const relay = await this.relayStatus();
    return { dir: this.paths.dir, hosts, ...(relay && { relay }) };
  }

  /** How plugins have ended by themselves, not by a kill: a line each. A test that kills expects none. */
  async crashes(): Promise<readonly string[]> {
    const all = this.hosts.map(async ({ name, paths }) =>
      (await crashesOf(paths)).map((line) => `${name}: ${line}`),
    );
    return (await Promise.all(all)).flat();
  }

  /**
   * Looks at the lab's status again and again until `holds` is true of it.
   *
   * @throws FtError FT_LAB_TIMEOUT
   */
  waitFor(
    holds: (status: LabStatus) => boolean | Promise<boolean>,
    options: WaitOptions = {},
  ): Promise<LabStatus> {
    return waitUntil(async () => {
      const status = await this.status();
      return (await holds(status)) ? status : undefined;
    }, options);
  }

  /**
   * Ends everything that the lab started: hosts in order where they answer, by
   * force where not, then the relay. With `remove` its folder goes as well.
   */
  async down(options: { readonly remove?: boolean } = {}): Promise<void> {
    await inParallel(this.hosts, MAX_PARALLEL_STARTS, async (host) => {
      await host.resume();
      await host.stop();
    });
    if (this.state.relay) await stopRelay(this.state.relay);
    const sockets = [this.paths.dir, ...this.hosts.map(({ paths }) => paths.home)].map(
      (home) => homePaths(home).sockets,
    );
    for (const folder of sockets) await rm(folder, { recursive: true, force: true });
    if (options.remove) await removeFolder(this.paths);
  }

  private async relayStatus(): Promise<LabStatus['relay']> {
    const { relay } = this.state;
    if (!relay) return undefined;
    if (!(await isRunning(relay))) {
      return { pid: relay.pid, running: false, cuts: [], connections: 0 };
    }
    const { cuts, routes } = await relayStatus(relay);
    const connections = routes.reduce((sum, route) => sum + route.connections, 0);
    return { pid: relay.pid, running: true, cuts, connections };
  }

  private relayBetween(verb: string, a: string, b: string): RelayRecord {
    this.host(a);
    this.host(b);
    if (a === b) throw labErrors.SAME_HOST({ host: a });
    const { relay } = this.state;
    if (!relay) throw labErrors.NO_RELAY({ verb, why: 'the lab runs without a relay' });
    return relay;
  }
}

/** The lab in a folder, running or not. @throws FtError FT_LAB_NO_LAB, FT_LAB_DAMAGED */
export async function openLab(dir: string): Promise<Lab> {
  const paths = labPaths(dir);
  const state = await readState(paths);
  if (!state) throw labErrors.NO_LAB({ dir });
  return new Lab(paths, state);
}
