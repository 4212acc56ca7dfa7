import { JOB_STATES } from '@ftctl/plan';
import type { JobQuery } from '@ftctl/plan/queries';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { COUNT, contains } from './paging.ts';
import type { Schema } from './schema.ts';

/** So many jobs are rather fetched and sorted than looked for in the order of all. */
const FEW = 2_000;

type Condition = RawBuilder<boolean>;
type Filters = Pick<JobQuery, 'states' | 'ws' | 'stream' | 'text'>;

/**
 * Jobs of a copy that a query asks for, not in any order yet: `found` to fetch a
 * page of them, `counted` to count them. Few of a state or a workstation are
 * fetched by the index; of many, a page is found by going through all jobs in its
 * order, and to count them the index alone is read.
 */
export async function filteredJobs(db: Kysely<Schema>, syncid: number, query: Filters) {
  const { stream, text } = query;
  const all = jobsOf(db, syncid);
  const byIndex = conditionOf(query, { state: sql`state`, ws: sql`ws` });
  // Of a stream they are few anyway, and the primary key finds them.
  const isFew =
    byIndex !== undefined && stream === undefined && (await areFew(db, syncid, byIndex));
  let found = isFew ? fewJobs(db, syncid, byIndex) : all;
  const walking = conditionOf(query, WALKED);
  if (walking !== undefined && !isFew) found = found.where(walking);
  if (stream !== undefined) found = found.where(ofStream(stream));
  if (text !== undefined) found = found.where(contains(text));
  const isByIndex = byIndex !== undefined && !isFew && stream === undefined && text === undefined;
  return { found, counted: isByIndex ? all.where(byIndex) : found };
}

/**
 * Jobs of a stream, which the primary key finds: their ids begin with the stream's
 * and a point, and the character after a point is a slash.
 */
export function ofStream(stream: string): Condition {
  return sql<boolean>`id > ${`${stream}.`} and id < ${`${stream}/`} and stream = ${stream}`;
}

interface Columns {
  readonly state: RawBuilder<unknown>;
  readonly ws: RawBuilder<unknown>;
}

/** In words that no index answers. */
const WALKED: Columns = { state: sql`coalesce(state, '')`, ws: sql`coalesce(ws, '')` };

/** The index begins with the state: whoever asks for a workstation alone asks for all states. */
function conditionOf({ states, ws }: Filters, columns: Columns): Condition | undefined {
  if (states === undefined && ws === undefined) return undefined;
  const wanted = sql.join([...(states ?? JOB_STATES)]);
  const byState = sql<boolean>`${columns.state} in (${wanted})`;
  return ws === undefined ? byState : sql<boolean>`${byState} and ${columns.ws} = ${ws}`;
}

/** Whether the index names but few jobs for a condition. */
async function areFew(db: Kysely<Schema>, syncid: number, byIndex: Condition): Promise<boolean> {
  const named = jobsOf(db, syncid)
    .where(byIndex)
    .select(sql`1`.as('one'))
    .limit(FEW + 1);
  const { count } = await db
    .selectFrom(named.as('named'))
    .select(COUNT.as('count'))
    .executeTakeFirstOrThrow();
  return Number(count) <= FEW;
}

/**
 * In a query of its own, with a limit, so that no order in which they are wanted
 * keeps the database from its index. A few more may have come since they were counted.
 */
function fewJobs(db: Kysely<Schema>, syncid: number, byIndex: Condition) {
  const few = jobsOf(db, syncid)
    .where(byIndex)
    .selectAll()
    .limit(2 * FEW);
  return db.selectFrom(few.as('plan_jobs'));
}

function jobsOf(db: Kysely<Schema>, syncid: number) {
  return db.selectFrom('plan_jobs').where('syncid', '=', syncid);
}
