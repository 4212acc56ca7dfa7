import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Lab, startLab } from '@ftctl/lab';
import { OwnPostgres } from './own-postgres.ts';

const CHECKOUT = resolve(import.meta.dirname, '../../../..');
const TWS = 'tws-switch';
const MIRROR = 'plan-mirror';
const WITHIN_MS = 120_000;
const LOOK_MS = 200;
const TOPOLOGY = `domains: { R: {} }
workstations:
  M: { type: master, domain: R, node: m, limit: 30 }
  FS: { type: fta, domain: R, fullstatus: on, node: fs, limit: 30 }
`;
const ALONE = `domains: { R: {} }
workstations:
  M: { type: master, domain: R, node: m, limit: 30 }
`;

export const MASTERS = ['M', 'FS'] as const;
export type Master = (typeof MASTERS)[number];

/** The stream of held jobs, for a command. */
export const HELD = '@#HELD';

/** What `ftctl plan status --json` prints, as far as it is used here. */
export interface MirrorStatus {
  readonly phase: string;
  readonly why?: string;
  readonly taken?: string;
  readonly copies: number;
  readonly copy?: { readonly epoch: number; readonly syncid: number };
  readonly readers: { readonly from: string; readonly why?: string };
}

export interface Shape {
  readonly streams: number;
  readonly jobsInEach: number;
  /** Jobs of one more stream that wait for a time that does not come. */
  readonly held?: number;
}

export interface MirrorLabOptions {
  /** Limits of the scheduler, as in its config. */
  readonly limits?: Readonly<Record<string, number>>;
  /** Instead of PostgreSQL: a file of SQLite on the host of M, which is alone then. */
  readonly sqlite?: string;
}

/**
 * Two hosts that may be the master, each with a mirror into one PostgreSQL that is
 * the lab's own; or one host with a mirror in a file.
 */
export class MirrorLab {
  readonly lab: Lab;
  readonly shape: Shape;
  readonly folder: string;
  readonly #postgres: OwnPostgres | undefined;

  private constructor(lab: Lab, postgres: OwnPostgres | undefined, shape: Shape, folder: string) {
    this.lab = lab;
    this.#postgres = postgres;
    this.shape = shape;
    this.folder = folder;
  }

  static async start(shape: Shape, options: MirrorLabOptions = {}): Promise<MirrorLab> {
    const { sqlite, limits = {} } = options;
    const postgres = sqlite === undefined ? await OwnPostgres.start() : undefined;
    const folder = await mkdtemp(join(tmpdir(), 'ftctl-mirror-lab-'));
    try {
      const topology = join(folder, 'network.yaml');
      const plan = join(folder, 'plan.yaml');
      await writeFile(topology, postgres === undefined ? ALONE : TOPOLOGY);
      await writeFile(plan, planText(shape, postgres === undefined ? ['M'] : MASTERS));
      const tws = { topology, plan, limits, globalopts: { enSwfaultTol: 'yes' } };
      const database =
        postgres === undefined
          ? { kind: 'sqlite', path: sqlite }
          : { kind: 'postgres', url: postgres.url };
      const host = { plugins: { 'tws-switch': tws, 'plan-mirror': { database } } };
      const lab = await startLab({
        definition: {
          plugins: {
            'tws-switch': join(CHECKOUT, 'plugins/tws-switch'),
            'plan-mirror': join(CHECKOUT, 'plugins/plan-mirror'),
          },
          hosts: postgres === undefined ? { m: host } : { m: host, fs: host },
        },
        dir: join(folder, 'lab'),
        ftctl: join(CHECKOUT, 'packages/ftctl/bin/ftctl.js'),
      });
      const made = new MirrorLab(lab, postgres, shape, folder);
      await made.until('M acts as master', async () => (await made.master()) === 'M');
      return made;
    } catch (error) {
      await postgres?.stop();
      throw error;
    }
  }

  get database(): OwnPostgres {
    if (this.#postgres === undefined) throw new Error('this lab has a file of SQLite');
    return this.#postgres;
  }

  async down({ remove }: { readonly remove: boolean }): Promise<void> {
    await this.lab.down({ remove });
    await this.#postgres?.stop();
    if (remove) await rm(this.folder, { recursive: true, force: true });
  }

  nodeOf(master: Master): string {
    return master.toLowerCase();
  }

  /** @throws Error with what it printed */
  async ask<T>(host: string, ...args: readonly string[]): Promise<T> {
    const { code, stdout, stderr } = await this.lab.exec(host, [...args, '--json']);
    if (code !== 0) throw new Error(`${args.join(' ')} on ${host}: ${code}: ${stdout}${stderr}`);
    return JSON.parse(stdout) as T;
  }

  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    let last = '';
    for (const end = performance.now() + WITHIN_MS; performance.now() < end; await sleep(LOOK_MS)) {
      const found = await holds().catch((error: unknown) => {
        last = String(error);
        return false;
      });
      if (found) return;
    }
    throw new Error(`not in time: ${what} ${last}`);
  }

  /** Who acts as master; undefined while nobody does. */
  async master(): Promise<Master | undefined> {
    for (const one of MASTERS) {
      const cpus = { command: 'showcpus', args: { selection: '@!@' } };
      const asked = this.lab.host(this.nodeOf(one)).command<{ acting: boolean }>(TWS, cpus);
      const { acting } = await asked.catch(() => ({ acting: false }));
      if (acting) return one;
    }
    return undefined;
  }

  status(master: Master): Promise<MirrorStatus> {
    return this.lab.host(this.nodeOf(master)).command(MIRROR, { command: 'status' });
  }

  /** A new plan, made by whoever is the master. */
  async newPlan(): Promise<Master> {
    let made: Master | undefined;
    await this.until('a new plan', async () => {
      const master = await this.master();
      if (master === undefined) return false;
      await this.ask(this.nodeOf(master), 'tws', 'jnextday');
      made = master;
      return true;
    });
    return made as Master;
  }

  /** All jobs of the newest plan have run. */
  async ran(): Promise<void> {
    const { streams, jobsInEach } = this.shape;
    await this.until('all jobs ran', async () => {
      const master = await this.master();
      if (master === undefined) return false;
      const jobs = { command: 'showjobs', args: { selection: '@#S@.@' } };
      const host = this.lab.host(this.nodeOf(master));
      const { rows } = await host.command<{ rows: readonly { state: string }[] }>(TWS, jobs);
      return rows.length === streams * jobsInEach && rows.every(({ state }) => state === 'SUCC');
    });
  }

  /**
   * Waits for the mirror of the master, then compares the database with the plan.
   *
   * @throws Error when they differ, or a plugin has ended by itself
   */
  async expectEqual(): Promise<void> {
    let master: Master | undefined;
    await this.until('the mirror follows', async () => {
      master = await this.master();
      if (master === undefined) return false;
      const { phase } = await this.status(master);
      // Copies in a row wait; an operator who sees that does not.
      if (phase === 'waiting') await this.ask(this.nodeOf(master), 'plan', 'resync');
      return phase === 'following';
    });
    const host = this.nodeOf(master as Master);
    const { code, stdout, stderr } = await this.lab.exec(host, ['plan', 'checksync', '--json']);
    if (code !== 0) throw new Error(`checksync on ${host}: ${code}: ${stdout}${stderr}`);
    const crashes = await this.lab.crashes();
    if (crashes.length > 0) throw new Error(`ended by itself: ${crashes.join('; ')}`);
    if (this.#postgres === undefined) return;
    const { streams, jobsInEach } = this.shape;
    const count = `select count(*) from plan.plan_jobs_v where state = 'SUCC'`;
    const found = this.database.query(count).stdout;
    if (found !== String(streams * jobsInEach)) {
      throw new Error(`${found} jobs in the database, not ${streams * jobsInEach}`);
    }
  }
}

/** A job of each stream follows the one before it; they run on both hosts. */
function planText(
  { streams, jobsInEach, held = 0 }: Shape,
  workstations: readonly string[],
): string {
  const lines = ['streams:'];
  for (let stream = 0; stream < streams; stream += 1) {
    lines.push(`  ${workstations[stream % workstations.length]}#S${stream}:`, '    jobs:');
    for (let job = 0; job < jobsInEach; job += 1) {
      const follows = job === 0 ? '' : `, follows: J${job - 1}`;
      lines.push(`      J${job}: { command: sleep 0.05${follows} }`);
    }
  }
  if (held > 0) lines.push(`  M#HELD:`, '    at: +86000', '    jobs:');
  for (let job = 0; job < held; job += 1) lines.push(`      H${job}: { command: 'true' }`);
  return `${lines.join('\n')}\n`;
}
