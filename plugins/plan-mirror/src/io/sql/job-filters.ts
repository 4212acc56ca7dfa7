import { JOB_STATES } from '@ftctl/plan';
import type { JobQuery } from '@ftctl/plan/queries';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { COUNT } from './paging.ts';
import type { Schema } from './schema.ts';

/** So many jobs are rather fetched and sorted than looked for in the order of all. */
const FEW = 2_000;

type Condition = RawBuilder<boolean>;
type OfJobs = Pick<JobQuery, 'states' | 'ws'>;

/**
 * Jobs of a stream, which the primary key finds: their ids begin with the stream's
 * and a point, and the character after a point is a slash.
 */
export function ofStream(stream: string): Condition {
  return sql<boolean>`id > ${`${stream}.`} and id < ${`${stream}/`} and stream = ${stream}`;
}

/**
 * Jobs by state and workstation, if any of them is asked for, in two wordings: one
 * that the index by state and workstation answers, for counting and for fetching
 * few; and one that no index answers, so that a page out of many is found by
 * going through the jobs in their order.
 */
export function byStateAndWs({ states, ws }: OfJobs): readonly [Condition, Condition] | undefined {
  if (states === undefined && ws === undefined) return undefined;
  const wanted = sql.join([...(states ?? JOB_STATES)]);
  const indexed = sql<boolean>`state in (${wanted})`;
  const walked = sql<boolean>`coalesce(state, '') in (${wanted})`;
  if (ws === undefined) return [indexed, walked];
  return [
    sql<boolean>`${indexed} and ws = ${ws}`,
    states === undefined
      ? sql<boolean>`coalesce(ws, '') = ${ws}`
      : sql<boolean>`${walked} and coalesce(ws, '') = ${ws}`,
  ];
}

/** Whether the index names but few jobs for a condition. */
export async function areFew(db: Kysely<Schema>, syncid: number, indexed: Condition) {
  const named = db
    .selectFrom('plan_jobs')
    .where('syncid', '=', syncid)
    .where(indexed)
    .select(sql`1`.as('one'))
    .limit(FEW + 1);
  const row = await db
    .selectFrom(named.as('named'))
    .select(COUNT.as('count'))
    .executeTakeFirstOrThrow();
  return Number(row.count) <= FEW;
}
