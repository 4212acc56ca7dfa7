import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import {
  callHost,
  downHost,
  type HomePaths,
  type HostStatus,
  initHome,
  type PluginStatus,
  readLiveRecord,
  signalProcess,
  startHostDetached,
  waitUntilGone,
} from '../../src/index.ts';
import type { Built } from './build.ts';

const counter = join(import.meta.dirname, '../fixtures/counter');

/** Short times, so that tests need not wait for the usual ones. */
const TIMES = { healthEveryMs: 200, unansweredLimit: 2, answerWithinMs: 500 };

/** The home of one real host, with as many copies of the fixture plugin as a test wants. */
export class TestHome {
  readonly paths: HomePaths;
  readonly #built: Built;
  readonly #plugins: Record<string, object> = {};
  version = '1.0.0';

  private constructor(paths: HomePaths, built: Built) {
    this.paths = paths;
    this.#built = built;
  }

  static async make(built: Built): Promise<TestHome> {
    const home = await mkdtemp(join(tmpdir(), 'ft-host-'));
    return new TestHome(await initHome({ home, name: 'test' }), built);
  }

  get home(): string {
    return this.paths.home;
  }

  /** Installs a copy of the fixture under another id, as the installer leaves it. */
  async install(id: string, change: Record<string, unknown> = {}): Promise<void> {
    const folder = join(this.paths.plugins, id, '1.0.0');
    await mkdir(folder, { recursive: true });
    await cp(counter, folder, { recursive: true });
    const file = join(folder, 'ftctl.plugin.json');
    const manifest = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(file, JSON.stringify({ ...manifest, id, ...change }));
    this.#plugins[id] = {
      package: `ftctl-plugin-${id}`,
      version: '1.0.0',
      source: counter,
      integrity: 'sha512-none',
      folder,
      addedAt: new Date(0).toISOString(),
    };
    await this.#writeLockfile();
  }

  async uninstall(id: string): Promise<void> {
    delete this.#plugins[id];
    await this.#writeLockfile();
  }

  /** Writes `ftctl.yaml` as a whole. */
  async configure(config: Record<string, unknown>): Promise<void> {
    await writeFile(this.paths.config, stringify({ host: 'test', ...config }));
  }

  command(times: object = {}): [string, ...string[]] {
    const all = JSON.stringify({ ...TIMES, ...times });
    const { host, runner } = this.#built;
    return [process.execPath, host, this.home, runner, this.version, all];
  }

  up(times: object = {}, until: 'host' | 'plugins' = 'plugins'): Promise<HostStatus> {
    return startHostDetached({
      home: this.home,
      command: this.command(times),
      until,
      env: { ...process.env, COUNTER_SEES: 'this', COUNTER_HIDDEN: 'that' },
    });
  }

  /** Starts a second host for the same home and gives what it prints. */
  async upInForeground(): Promise<string> {
    const [program, ...args] = this.command();
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let text = '';
    child.stderr.on('data', (bytes: Buffer) => {
      text += bytes.toString();
    });
    await new Promise((resolve) => child.once('close', resolve));
    return text;
  }

  status(): Promise<HostStatus> {
    return callHost<HostStatus>(this.paths, 'status');
  }

  async plugin(id: string): Promise<PluginStatus> {
    const found = (await this.status()).plugins.find((plugin) => plugin.id === id);
    if (!found) throw new Error(`no plugin ${id} in the status`);
    return found;
  }

  /** Waits until a plugin is as wanted. */
  async until(
    id: string,
    wanted: (plugin: PluginStatus) => boolean,
    limitMs = 10_000,
  ): Promise<PluginStatus> {
    const end = performance.now() + limitMs;
    for (;;) {
      const plugin = await this.plugin(id);
      if (wanted(plugin)) return plugin;
      if (performance.now() > end) throw new Error(`still ${JSON.stringify(plugin)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Ends the host alone, without a chance to do anything about it. */
  async killHost(): Promise<void> {
    const record = await readLiveRecord(this.paths, 'host');
    if (!record) throw new Error('no host runs');
    await signalProcess(record, 'SIGKILL');
    await waitUntilGone(record, 5_000);
  }

  async remove(): Promise<void> {
    await downHost({ home: this.home, force: true, drainMs: 1_000 });
    await rm(this.home, { recursive: true, force: true });
    await rm(this.paths.sockets, { recursive: true, force: true });
  }

  #writeLockfile(): Promise<void> {
    const lockfile = { lockVersion: 1, plugins: this.#plugins };
    return writeFile(this.paths.lockfile, JSON.stringify(lockfile));
  }
}
