import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MirrorLab } from './mirror-lab.ts';
import { whyNoPostgres } from './own-postgres.ts';

/** The database of a mirror dies and stands still: scheduling does not notice, readers are answered. */

const SHAPE = { streams: 40, jobsInEach: 4 };
const JOBS = SHAPE.streams * SHAPE.jobsInEach;

interface Query {
  readonly from: 'mirror' | 'symphony';
  readonly jobs: readonly { readonly id: string; readonly state: string }[];
}

const why = whyNoPostgres();

describe.skipIf(why !== undefined)('a mirror whose database fails', () => {
  let lab: MirrorLab;

  const query = () => lab.ask<Query>('m', 'plan', 'query', '--limit', '1000');
  const following = () =>
    lab.until('it follows', async () => (await lab.status('M')).phase === 'following');
  const readsFrom = (from: Query['from']) =>
    lab.until(`readers see the ${from}`, async () => (await query()).from === from);

  beforeAll(async () => {
    lab = await MirrorLab.start(SHAPE);
  });
  afterAll(() => lab?.down({ remove: true }));

  it('is killed in mid-apply: jobs run on, readers see Symphony, then the database again', async () => {
    await lab.newPlan();
    await following();
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
    await lab.newPlan();
    await following();
    const before = await lab.status('M');
    lab.database.freeze();
    expect((await query()).from).toBe('symphony');
    await lab.ran();
    await sleep(2_000);
    lab.database.thaw();
    await lab.expectEqual();
    expect((await lab.status('M')).copies).toBe(before.copies);
  });
});

describe.runIf(why !== undefined)('a mirror whose database fails', () => {
  it.skip(`${why}`, () => undefined);
});
