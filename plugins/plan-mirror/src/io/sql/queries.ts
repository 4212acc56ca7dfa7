import { type Kysely, sql } from 'kysely';
import type { JobQuery, JobRow, PlanCounts } from '../../database.ts';
import type { Schema } from './schema.ts';

/** Jobs of the plan that is shown, by id. */
export async function queryJobs(
  db: Kysely<Schema>,
  { states, ws, stream, text, after, limit }: JobQuery,
): Promise<readonly JobRow[]> {
  let query = db
    .selectFrom('plan_jobs as j')
    .innerJoin('plan_mirror as m', 'm.shown_syncid', 'j.syncid')
    .select([
      'j.id',
      'j.stream',
      'j.ws',
      sql<string>`coalesce(j.state, 'HOLD')`.as('state'),
      sql<number>`coalesce(j.attempt, 0)`.as('attempt'),
      'j.priority',
      'j.start_ms',
      'j.end_ms',
      'j.rc',
    ])
    .orderBy('j.id')
    .limit(limit);
  if (states !== undefined) query = query.where(sql`coalesce(j.state, 'HOLD')`, 'in', states);
  if (ws !== undefined) query = query.where('j.ws', '=', ws);
  if (stream !== undefined) query = query.where('j.stream', '=', stream);
  if (text !== undefined) query = query.where(sql<boolean>`j.id like ${likeOf(text)} escape '\\'`);
  if (after !== undefined) query = query.where('j.id', '>', after);
  return await query.execute();
}

export async function queryCounts(db: Kysely<Schema>): Promise<PlanCounts | undefined> {
  const mirror = await db.selectFrom('plan_mirror').selectAll().executeTakeFirst();
  if (mirror?.shown_syncid === undefined || mirror.shown_syncid === null) return undefined;
  const jobs = await db
    .selectFrom('plan_jobs')
    .where('syncid', '=', mirror.shown_syncid)
    .groupBy('state')
    .select([sql<string>`coalesce(state, 'HOLD')`.as('state'), sql<number>`count(*)`.as('jobs')])
    .execute();
  const { streams } = await db
    .selectFrom('plan_streams')
    .where('syncid', '=', mirror.shown_syncid)
    .select(sql<number>`count(*)`.as('streams'))
    .executeTakeFirstOrThrow();
  const counts: Record<string, number> = {};
  for (const one of jobs) counts[one.state] = (counts[one.state] ?? 0) + Number(one.jobs);
  return {
    run: Number(mirror.run ?? 0),
    madeAtMs: Number(mirror.made_at_ms ?? 0),
    jobs: counts,
    streams: Number(streams),
  };
}

/** A text as it stands: its own wildcards are none. */
function likeOf(text: string): string {
  return `%${text.replace(/[\\%_]/g, (one) => `\\${one}`)}%`;
}
