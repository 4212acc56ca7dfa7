import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HELD, MirrorLab } from './mirror-lab.ts';
import { whyNoPostgres } from './own-postgres.ts';

/** The database of a mirror dies and stands still: scheduling does not notice, readers are answered. */

const SHAPE = { streams: 14, jobsInEach: 3, held: 900 };
const JOBS = SHAPE.streams * SHAPE.jobsInEach;
/** Changes of the storm: 8 fit. */
const STORM = 12;

interface Query {
  readonly from: 'mirror' | 'symphony';
  readonly jobs: readonly { readonly id: string; readonly state: string }[];
}

interface MessageFile {
  readonly file: string;
  readonly bytes: number;
}

const why = whyNoPostgres();

describe.skipIf(why !== undefined)('a mirror whose database fails', () => {
  let lab: MirrorLab;

  const jobsOfStreams = { command: 'query', options: { text: '#S', limit: '1000' } };
  const query = () => lab.lab.host('m').command<Query>('plan-mirror', jobsOfStreams);
  const mirrorbox = async () => {
    const files = await lab.ask<readonly MessageFile[]>('m', 'tws', 'evtsize', '--show');
    return files.find(({ file }) => file === 'mirrorbox') ?? { file: '', bytes: Number.NaN };
  };
  /** Made, and in the database. */
  const newPlan = async () => {
    const before = await lab.status('M');
    await lab.newPlan();
    await lab.until('it is mirrored', async () => {
      const { phase, copies } = await lab.status('M');
      return phase === 'following' && copies > before.copies;
    });
  };
  const readsFrom = (from: Query['from']) =>
    lab.until(`readers see the ${from}`, async () => (await query()).from === from);

  beforeAll(async () => {
    lab = await MirrorLab.start(SHAPE, { limits: { mirrorboxMb: 1, sinfoniaMb: 4 } });
  });
  afterEach(async () => {
    expect(await lab.lab.crashes()).toEqual([]);
  });
  afterAll(() => lab?.down({ remove: true }));

  it('is frozen in a storm that its mirrorbox cannot hold: one copy, and nothing is left of it', async () => {
    await newPlan();
    const before = await lab.status('M');
    lab.database.freeze();
    for (let n = 0; n < STORM; n += 1) {
      await lab.ask('m', 'tws', 'altpri', `${HELD}.@`, String(20 + n));
    }
    await lab.ran();
    expect((await mirrorbox()).bytes).toBeLessThan(1024 * 1024);
    lab.database.thaw();
    await lab.expectEqual();
    const after = await lab.status('M');
    expect(after.taken).toMatch(/full/);
    expect(after.copies - before.copies).toBeLessThanOrEqual(2);
    const folder = join(lab.lab.host('m').paths.home, 'data', 'tws-switch', 'sinfonia');
    expect(await readdir(folder)).toEqual([]);
  });

  it('is one for both hosts: the one that is not the master reads, and does not write', async () => {
    expect((await lab.status('FS')).phase).toBe('idle');
    const there = await lab.ask<Query>('fs', 'plan', 'query', '--text', '#S', '--limit', '1000');
    expect(there).toEqual(await query());
  });

  it('is killed in mid-apply: jobs run on, readers see Symphony, then the database again', async () => {
    await newPlan();
    await sleep(500);
    lab.database.kill();
    await readsFrom('symphony');
    expect((await query()).jobs).toHaveLength(JOBS);
    await lab.ran();
    expect((await lab.status('M')).readers.why).toMatch(/PostgreSQL/);
    await lab.database.begin();
    await lab.expectEqual();
    await readsFrom('mirror');
    expect((await query()).jobs.every(({ state }) => state === 'SUCC')).toBe(true);
  });

  it('is read by a role that may do nothing else', () => {
    const views = ['plan_jobs_v', 'plan_job_streams_v', 'plan_workstations_v'];
    lab.database.query(`create role plan_reader login;
      grant usage on schema plan to plan_reader;
      grant select on ${views.map((view) => `plan.${view}`).join(', ')} to plan_reader;`);
    const as = (text: string) => lab.database.query(text, 'plan_reader');
    for (const view of views) expect(as(`select count(*) > 0 from plan.${view}`).stdout).toBe('t');
    expect(as(`select workstation, linked from plan.plan_workstations_v`).stdout).toMatch(/^M\|/m);
    expect(as('select count(*) from plan.plan_jobs').status).not.toBe(0);
    expect(as(`update plan.plan_jobs_v set state = 'SUCC'`).status).not.toBe(0);
  });

  it('stands still under load: nobody waits for it, and it catches up without a copy', async () => {
    await newPlan();
    const before = await lab.status('M');
    lab.database.freeze();
    expect((await query()).from).toBe('symphony');
    await lab.ran();
    await sleep(2_000);
    lab.database.thaw();
    await lab.expectEqual();
    expect((await lab.status('M')).copies).toBe(before.copies);
  });

  it('is ahead of the log, as after a power cut: a copy says how it stands', async () => {
    lab.database.query('update plan.plan_lanes set seq = seq + 1000000');
    await lab.lab.host('m').kill({ plugin: 'plan-mirror' });
    await lab.until('another life', async () => (await lab.status('M')).copies === 1);
    expect((await lab.status('M')).taken).toMatch(/beyond|ahead/);
    await lab.expectEqual();
  });

  it('has another master in mid-load: the plan of the new one is shown, and nothing of both', async () => {
    await lab.newPlan();
    await lab.ask('fs', 'tws', 'switchmgr', 'R', 'FS');
    await lab.ran();
    await lab.expectEqual();
    expect(await lab.master()).toBe('FS');
    const copies = 'select count(distinct syncid) from plan.plan_jobs';
    await lab.until('one copy', async () => lab.database.query(copies).stdout === '1');
  });
});

if (why !== undefined) {
  describe('a mirror whose database fails', () => {
    it.skip(why, () => undefined);
  });
}
