import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type AddedPlugin,
  addPlugin,
  callHost,
  downHost,
  editConfig,
  type HomePaths,
  type HostStatus,
  homePaths,
  initHome,
  type PluginStatus,
  setIn,
  startHostDetached,
} from '@ftctl/host';
import { limitsOf } from '../life/harness.ts';
import type { PackageSubject } from '../static/subject.ts';
import type { KitEntries } from './entries.ts';
import { killGroup } from './process-group.ts';

/** How long the host itself may take to come up, beside its plugins. */
const HOST_UP_MS = 20_000;
const LOOK_EVERY_MS = 50;
/** An address where no plugin ever listens. */
const NOBODY = '127.0.0.1:1';

export interface HostSubjectOptions {
  readonly opened: PackageSubject;
  /** A folder of this run alone. */
  readonly workspace: string;
  readonly entries: KitEntries;
  /** Valid, without the schema's defaults; undefined when none is known. */
  readonly config: Readonly<Record<string, unknown>> | undefined;
  /** A config that the plugin's schema refuses; undefined when there seems to be none. */
  readonly badConfig: Readonly<Record<string, unknown>> | undefined;
  /** Other plugins that it needs, installed first. */
  readonly companions: readonly string[];
  /** Hosts that its config names; nobody answers there. */
  readonly peers: readonly string[];
}

/** A real host in a home of its own, with the plugin in it. */
export class HostSubject {
  readonly options: HostSubjectOptions;
  readonly paths: HomePaths;
  /** Every pid under which the plugin has been seen. */
  readonly pids = new Set<number>();
  /** Ports on which it was seen to accept links. */
  readonly ports = new Set<number>();
  #added: AddedPlugin | undefined;

  constructor(options: HostSubjectOptions) {
    this.options = options;
    this.paths = homePaths(join(options.workspace, 'home'));
  }

  get manifest() {
    return this.options.opened.manifest;
  }

  get id(): string {
    return this.manifest.id;
  }

  get limits() {
    return limitsOf(this.manifest);
  }

  /** Installs it through the path that `ftctl plugin add` takes. */
  async install(): Promise<AddedPlugin> {
    const { home } = this.paths;
    const { runner } = this.options.entries;
    await mkdir(this.options.workspace, { recursive: true });
    await initHome({ home, name: 'conformance' });
    for (const source of this.options.companions) await addPlugin({ home, source, runner });
    this.#added = await addPlugin({ home, source: this.options.opened.tarball.path, runner });
    return this.#added;
  }

  /** What was installed. @throws Error before */
  get added(): AddedPlugin {
    if (!this.#added) throw new Error('the plugin was not installed');
    return this.#added;
  }

  async writeConfig(config: Readonly<Record<string, unknown>>): Promise<void> {
    const place = ['plugins', this.id];
    await editConfig(this.paths, (document) => {
      setIn(document, [...place, 'config'], config);
      for (const peer of this.options.peers) setIn(document, ['directory', peer, this.id], NOBODY);
      if (this.manifest.listen) setIn(document, [...place, 'port'], 0);
    });
  }

  /** Starts the host with everything in it; answers once none of its plugins is starting. */
  async up(): Promise<PluginStatus> {
    const { home } = this.paths;
    const { startMs } = this.limits;
    const command = [process.execPath, this.options.entries.host, home] as const;
    await startHostDetached({ home, command: [...command], timeoutMs: HOST_UP_MS + startMs });
    return this.status();
  }

  /** What the host says of the plugin. */
  async status(): Promise<PluginStatus> {
    const status = await callHost<HostStatus>(this.paths, 'status');
    const own = status.plugins.find((plugin) => plugin.id === this.id);
    if (!own) throw new Error(`the host does not know ${this.id}`);
    if (own.pid !== undefined) this.pids.add(own.pid);
    if (own.port !== undefined) this.ports.add(own.port);
    return own;
  }

  /** Waits until the plugin works under another pid than `before`. */
  async waitForNewLife(before: number, limitMs: number): Promise<PluginStatus> {
    const end = performance.now() + limitMs;
    for (;;) {
      const status = await this.status();
      if (isWorking(status) && status.pid !== before) return status;
      if (performance.now() > end) {
        throw new Error(`after ${limitMs} ms it is ${describeStatus(status)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  /** Ends everything of this run, whatever state it is in. */
  async end(): Promise<void> {
    await downHost({ home: this.paths.home, force: true });
    for (const pid of this.pids) await killGroup(pid);
    // It lies outside the home, and no host will come back to this one.
    await rm(this.paths.sockets, { recursive: true, force: true });
  }
}

export function isWorking({ state }: PluginStatus): boolean {
  return state === 'ok' || state === 'degraded';
}

export function describeStatus({ state, reason }: PluginStatus): string {
  return reason === undefined ? state : `${state}: ${reason}`;
}
