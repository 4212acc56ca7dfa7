import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Lab, startLab } from '@ftctl/lab';
import { makeSourcePlugin } from './source/folder.ts';

// Bundled into `dist`.
const CHECKOUT = resolve(import.meta.dirname, '../../..');
const FTCTL = join(CHECKOUT, 'packages/ftctl/bin/ftctl.js');
const READY_WITHIN_MS = 180_000;
const LOOK_MS = 100;
const HOST = 'm';
const MIRROR = 'plan-mirror';
export const SCHEDULER = 'tws-switch';

/** Where the plan is mirrored to. */
export type DatabaseConfig =
  | { readonly kind: 'sqlite' }
  | { readonly kind: 'postgres'; readonly url: string; readonly schema: string };

/** What `ftctl plan status --json` prints, as far as it is used here. */
export interface MirrorStatus {
  readonly phase: string;
  readonly why?: string;
  readonly copies: number;
  readonly took?: { readonly writeMs: number; readonly loadMs: number };
  readonly lagMs: number;
  readonly lanes: readonly { readonly lag: number; readonly waiting: number }[];
}

/** Config of the plugin that stands where the scheduler stands, and its folder; absent: this benchmark's own. */
export interface SchedulerPart {
  readonly folder?: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** One host with a source of a plan and its mirror. */
export class MirrorLab {
  readonly #lab: Lab;
  readonly #folder: string;

  private constructor(lab: Lab, folder: string) {
    this.#lab = lab;
    this.#folder = folder;
  }

  static async start(scheduler: SchedulerPart, database: DatabaseConfig): Promise<MirrorLab> {
    const folder = await mkdtemp(join(tmpdir(), 'ftctl-bench-'));
    try {
      const source = scheduler.folder ?? (await makeSourcePlugin(join(folder, 'source')));
      const plugins = {
        [SCHEDULER]: scheduler.config,
        [MIRROR]: { database, checkNewPlans: false },
      };
      const lab = await startLab({
        definition: {
          plugins: { [SCHEDULER]: source, [MIRROR]: join(CHECKOUT, 'plugins', MIRROR) },
          hosts: { [HOST]: { plugins } },
        },
        dir: join(folder, 'lab'),
        ftctl: FTCTL,
      });
      return new MirrorLab(lab, folder);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Carries out a plugin's command without a process for it. @throws FtError of the command */
  command<T>(
    plugin: string,
    command: string,
    args: Readonly<Record<string, string>> = {},
    options: Readonly<Record<string, string | boolean>> = {},
  ): Promise<T> {
    return this.#lab.host(HOST).command<T>(plugin, { command, args, options });
  }

  status(): Promise<MirrorStatus> {
    return this.command<MirrorStatus>(MIRROR, 'status');
  }

  resync(): Promise<unknown> {
    return this.command(MIRROR, 'resync');
  }

  /** Waits until the mirror follows, with so many copies or more and nothing left to apply. */
  async follows(copies: number): Promise<MirrorStatus> {
    let last: MirrorStatus | undefined;
    for (const end = performance.now() + READY_WITHIN_MS; performance.now() < end; ) {
      last = await this.status();
      const isDone = last.lanes.every(({ lag, waiting }) => lag === 0 && waiting === 0);
      if (last.phase === 'following' && last.copies >= copies && isDone) return last;
      await sleep(LOOK_MS);
    }
    throw new Error(`the mirror does not follow: ${JSON.stringify(last)}`);
  }

  /** Where the mirror keeps the plan if its database is SQLite. */
  get sqliteFile(): string {
    return join(this.#lab.host(HOST).paths.home, 'data', MIRROR, 'mirror.db');
  }

  /** Address and token of the page. */
  async dashboard(): Promise<{ readonly address: string; readonly token: string }> {
    const { code, stdout, stderr } = await this.#lab.exec(HOST, ['dashboard', '--token', '--json']);
    if (code !== 0) throw new Error(`ftctl dashboard: ${stdout}${stderr}`);
    return JSON.parse(stdout);
  }

  async stop(): Promise<void> {
    await this.#lab.down({ remove: true });
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Starts a lab for some work, and ends it whatever becomes of that. */
export async function withMirror<T>(
  scheduler: SchedulerPart,
  database: DatabaseConfig,
  work: (lab: MirrorLab) => Promise<T>,
): Promise<T> {
  const lab = await MirrorLab.start(scheduler, database);
  try {
    return await work(lab);
  } finally {
    await lab.stop();
  }
}
