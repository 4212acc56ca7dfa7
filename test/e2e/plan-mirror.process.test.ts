import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Lab, startLab } from '@ftctl/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** A scheduler and its mirror on two real hosts that may be the master: kill -9, switches, new plans. */

const TOPOLOGY = `domains: { R: {} }
workstations:
  M: { type: master, domain: R, node: m, limit: 30 }
  FS: { type: fta, domain: R, fullstatus: on, node: fs, limit: 30 }
  FTA: { type: fta, domain: R, node: fta, limit: 30 }
`;
const MANIFEST = '@ftctl/plugin-plan-mirror/ftctl.plugin.json';
const STREAMS = 15;
const JOBS = 4;

const folderOf = (file: string) => dirname(createRequire(import.meta.url).resolve(file));

interface JobRow {
  readonly id: string;
  readonly state: string;
  readonly attempt: number;
}
interface MirrorStatus {
  readonly phase: string;
  readonly copies: number;
  readonly taken?: string;
  readonly copy?: { readonly syncid: number };
}

/** As much as is used of the driver that the plugin brings. */
type Libsql = new (
  path: string,
) => {
  prepare(text: string): { get(): unknown; run(...values: readonly unknown[]): unknown };
  close(): void;
};

/** A job of each stream runs on each of the three. */
function planText(): string {
  const lines = ['streams:'];
  for (let stream = 0; stream < STREAMS; stream += 1) {
    lines.push(`  ${['M', 'FS', 'FTA'][stream % 3]}#S${stream}:`, '    jobs:');
    for (let job = 0; job < JOBS; job += 1) {
      const follows = job === 0 ? '' : `, follows: J${job - 1}`;
      lines.push(`      J${job}: { command: sleep 0.4${follows} }`);
    }
  }
  return `${lines.join('\n')}\n`;
}

describe('the plan in a database, through faults of real processes', () => {
  let folder: string;
  let lab: Lab;

  const ask = async <T>(host: string, ...args: readonly string[]): Promise<T> => {
    const { code, stdout, stderr } = await lab.exec(host, [...args, '--json']);
    if (code !== 0) throw new Error(`${args.join(' ')} on ${host}: ${code}: ${stdout}${stderr}`);
    return JSON.parse(stdout) as T;
  };
  const until = async <T>(what: () => Promise<T>, holds: (now: T) => boolean): Promise<T> => {
    const end = performance.now() + 40_000;
    for (;;) {
      const now = await what().catch((error: unknown) => error as T);
      if (!(now instanceof Error) && holds(now)) return now;
      if (performance.now() > end) throw new Error(`still ${String(now)} ${JSON.stringify(now)}`);
      await sleep(200);
    }
  };
  const status = (host: string) =>
    lab.host(host).command<MirrorStatus>('plan-mirror', { command: 'status' });
  const allJobs = { command: 'showjobs', args: { selection: '@#@.@' } };
  const statesOf = (rows: readonly JobRow[]) =>
    Object.fromEntries(rows.map(({ id, state, attempt }) => [id, `${state} ${attempt}`]));

  /** Everything has run, and the mirror says of each job what the scheduler says. */
  const expectMirrored = async (host: string) => {
    const plan = await until(
      () => lab.host(host).command<{ rows: readonly JobRow[] }>('tws-switch', allJobs),
      ({ rows }) => rows.length > 0 && rows.every(({ state }) => state === 'SUCC'),
    );
    const expected = statesOf(plan.rows);
    const mirrored = async () => {
      const asked = { command: 'query', options: { limit: '1000' } };
      const { jobs } = await lab
        .host(host)
        .command<{ jobs: readonly JobRow[] }>('plan-mirror', asked);
      return statesOf(jobs);
    };
    const same = (now: Readonly<Record<string, string>>) =>
      JSON.stringify(Object.entries(now).sort()) ===
      JSON.stringify(Object.entries(expected).sort());
    await until(mirrored, same).catch(() => undefined);
    expect(await mirrored()).toEqual(expected);
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ftctl-mirror-'));
    const topology = join(folder, 'network.yaml');
    const plan = join(folder, 'plan.yaml');
    await writeFile(topology, TOPOLOGY);
    await writeFile(plan, planText());
    const tws = { topology, globalopts: { enSwfaultTol: 'yes' } };
    const hosts = {
      m: { plugins: { 'tws-switch': { ...tws, plan }, 'plan-mirror': {} } },
      fs: { plugins: { 'tws-switch': tws, 'plan-mirror': {} } },
      fta: { plugins: { 'tws-switch': tws } },
    };
    const plugins = {
      'tws-switch': folderOf('@ftctl/plugin-tws-switch/ftctl.plugin.json'),
      'plan-mirror': folderOf(MANIFEST),
    };
    lab = await startLab({
      definition: { plugins, hosts },
      dir: join(folder, 'lab'),
      ftctl: join(folderOf('ftctl/package.json'), 'bin', 'ftctl.js'),
    });
    await until(
      () => ask<{ acting: boolean; rows: readonly { state: string }[] }>('m', 'tws', 'sc', '@!@'),
      ({ acting, rows }) => acting && rows.every(({ state }) => /^[FL]/.test(state)),
    );
  });
  afterAll(async () => {
    const crashes = await lab?.crashes();
    await lab?.down({ remove: true });
    await rm(folder, { recursive: true, force: true });
    expect(crashes ?? []).toEqual([]);
  });

  it('mirrors the first plan, and nothing where the master is not', async () => {
    await ask('m', 'tws', 'jnextday');
    await expectMirrored('m');
    expect((await status('m')).phase).toBe('following');
    expect((await status('fs')).phase).toBe('idle');
  });

  it('goes on after kill -9 of the mirror in the middle of a plan, without another copy', async () => {
    await ask('m', 'tws', 'jnextday');
    const before = await until(
      () => status('m'),
      ({ phase, taken }) => phase === 'following' && taken === 'a new plan was made',
    );
    // A third crash within five minutes would be one too many for the host.
    for (let n = 0; n < 2; n += 1) {
      await sleep(400);
      await lab.host('m').kill({ plugin: 'plan-mirror' });
      await until(
        () => status('m'),
        ({ phase }) => phase === 'following',
      );
    }
    await expectMirrored('m');
    const after = await until(
      () => status('m'),
      ({ phase }) => phase === 'following',
    );
    expect(after.copy).toEqual(before.copy);
    expect(after.copies).toBe(0);
  });

  it('goes on after kill -9 of the scheduler and of the whole host', async () => {
    await ask('m', 'tws', 'jnextday');
    await sleep(700);
    await lab.host('m').kill({ plugin: 'tws-switch' });
    await sleep(1_500);
    await lab.host('m').kill();
    await lab.host('m').start();
    await expectMirrored('m');
  });

  it('a switch of the master moves the mirror, and back', async () => {
    await ask('m', 'tws', 'jnextday');
    await sleep(500);
    await lab.exec('m', ['tws', 'switchmgr', 'R', 'FS']);
    await expectMirrored('fs');
    expect(
      (
        await until(
          () => status('m'),
          ({ phase }) => phase === 'idle',
        )
      ).phase,
    ).toBe('idle');
    await lab.exec('fs', ['tws', 'switchmgr', 'R', 'M']);
    await expectMirrored('m');
  });

  it('checksync says that both are equal, and names the stream in which they are not', async () => {
    const equal = await lab.exec('m', ['plan', 'checksync', '--json']);
    expect([equal.code, JSON.parse(equal.stdout)]).toMatchObject([0, { state: 'equal' }]);
    expect(equal.stderr).toMatch(/begins|streams/);
    // As somebody would who may write to the file.
    const Driver = createRequire(join(folderOf(MANIFEST), 'package.json'))('libsql') as Libsql;
    const database = new Driver(join(lab.host('m').paths.data('plan-mirror'), 'mirror.db'));
    const { stream } = database
      .prepare('select job_stream as stream from plan_jobs_v limit 1')
      .get() as { readonly stream: string };
    database.prepare("update plan_jobs set state = 'ABEND' where stream = ?").run(stream);
    database.close();
    const different = await lab.exec('m', ['plan', 'checksync', '--json']);
    expect([different.code, JSON.parse(different.stdout)]).toMatchObject([
      6,
      { state: 'different', different: [stream] },
    ]);
    await lab.exec('m', ['plan', 'resync']);
    const again = await lab.exec('m', ['plan', 'checksync']);
    expect([again.code, again.stdout]).toMatchObject([0, expect.stringMatching(/equals the plan/)]);
  });

  it('a copy by hand is shown beside nothing else, and leaves no file', async () => {
    const { copy } = await status('m');
    await lab.exec('m', ['plan', 'resync']);
    await until(
      () => status('m'),
      (now) => now.phase === 'following' && now.copy?.syncid === (copy?.syncid ?? 0) + 1,
    );
    await expectMirrored('m');
    const copies = join(lab.host('m').paths.data('tws-switch'), 'sinfonia');
    expect(await readdir(copies)).toEqual([]);
  });
});
