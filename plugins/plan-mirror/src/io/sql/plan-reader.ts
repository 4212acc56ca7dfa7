import {
  type JobDetail,
  type JobQuery,
  type JobRow,
  MAX_MOMENTS,
  MAX_STREAM_JOBS,
  type Page,
  type PlanOverview,
  type PlanReader,
  type StreamDetail,
  type StreamQuery,
  type StreamRow,
  type WorkstationRow,
} from '@ftctl/plan/queries';
import { type Kysely, type Selectable, type SelectQueryBuilder, sql } from 'kysely';
import { dependenciesIn, jobDefinitionIn, streamDefinitionIn, whyIn } from './definitions.ts';
import { filteredJobs, ofStream } from './job-filters.ts';
import {
  BY_ID,
  beyond,
  COUNT,
  type Counts,
  contains,
  countsOf,
  directionOf,
  ORDERS,
  type Paging,
  pageOf,
  type Sorted,
} from './paging.ts';
import type { JobTable, Schema, StreamTable } from './schema.ts';

/** Reads the plan that is shown. Every question sees one copy from its beginning to its end. */
export class SqlPlanReader implements PlanReader {
  readonly #db: () => Kysely<Schema>;

  /** @param db fails when it is not connected */
  constructor(db: () => Kysely<Schema>) {
    this.#db = db;
  }

  async overview(): Promise<PlanOverview | undefined> {
    const db = this.#db();
    const mirror = await db.selectFrom('plan_mirror').selectAll().executeTakeFirst();
    const syncid = mirror?.shown_syncid ?? undefined;
    if (mirror === undefined || syncid === undefined) return undefined;
    const streams = await db
      .selectFrom('plan_streams')
      .where('syncid', '=', syncid)
      .groupBy('state')
      .select(['state', COUNT.as('count')])
      .execute();
    return {
      run: Number(mirror.run ?? 0),
      madeAtMs: Number(mirror.made_at_ms ?? 0),
      streams: countsOf(streams),
      jobs: countsOf(await this.#jobsByState(syncid)),
    };
  }

  async jobs(query: JobQuery): Promise<Page<JobRow>> {
    const syncid = await this.#shown();
    if (syncid === undefined) return NOTHING;
    const { found, counted } = await filteredJobs(this.#db(), syncid, query);
    const rows = await paged(found, query.sort ?? 'id', query);
    return pageOf(rows, query, await totalOf(query, counted), jobRowOf);
  }

  async streams(query: StreamQuery): Promise<Page<StreamRow>> {
    const syncid = await this.#shown();
    if (syncid === undefined) return NOTHING;
    const { states, ws, text, sort = 'id' } = query;
    let found = this.#db().selectFrom('plan_streams').where('syncid', '=', syncid);
    if (states !== undefined) found = found.where('state', 'in', [...states]);
    if (ws !== undefined) found = found.where('ws', '=', ws);
    if (text !== undefined) found = found.where(contains(text));
    const rows = await paged(found, sort, query);
    const counts = await this.#jobsOf(
      syncid,
      rows.slice(0, query.limit).map(({ id }) => id),
    );
    const total = await totalOf(query, found);
    return pageOf(rows, query, total, (row) => streamRowOf(row, counts.get(row.id) ?? {}));
  }

  async stream(id: string): Promise<StreamDetail | undefined> {
    const syncid = await this.#shown();
    if (syncid === undefined) return undefined;
    const row = await this.#db()
      .selectFrom('plan_streams')
      .selectAll()
      .where('syncid', '=', syncid)
      .where('id', '=', id)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const jobs = await this.#db()
      .selectFrom('plan_jobs')
      .selectAll()
      .where('syncid', '=', syncid)
      .where(ofStream(id))
      .orderBy('id')
      .limit(MAX_STREAM_JOBS + 1)
      .execute();
    const counts = await this.#jobsOf(syncid, [id]);
    const { follows, prompts } = streamDefinitionIn(row.def);
    return {
      ...streamRowOf(row, counts.get(id) ?? {}),
      follows,
      prompts,
      list: jobs.slice(0, MAX_STREAM_JOBS).map((job) => {
        return { ...jobRowOf(job), name: job.name, follows: dependenciesIn(job.def) };
      }),
      more: jobs.length > MAX_STREAM_JOBS,
    };
  }

  async job(id: string): Promise<JobDetail | undefined> {
    const syncid = await this.#shown();
    if (syncid === undefined) return undefined;
    const db = this.#db();
    const row = await db
      .selectFrom('plan_jobs')
      .selectAll()
      .where('syncid', '=', syncid)
      .where('id', '=', id)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const { command, recovery, prompts } = jobDefinitionIn(row.def);
    const moments = await db
      .selectFrom('plan_job_history')
      .select(['at_ms', 'state', 'attempt', 'rc'])
      .where('id', '=', id)
      .orderBy('era', 'desc')
      .orderBy('n', 'desc')
      .limit(MAX_MOMENTS)
      .execute();
    return {
      ...jobRowOf(row),
      name: row.name,
      command,
      recovery,
      atMs: row.at_ms,
      why: whyIn(row.more),
      prompts,
      follows: await this.#states(syncid, dependenciesIn(row.def)),
      history: moments
        .reverse()
        .map(({ at_ms: atMs, state, attempt, rc }) => ({ atMs, state, attempt, rc })),
    };
  }

  async workstations(): Promise<readonly WorkstationRow[]> {
    const syncid = await this.#shown();
    if (syncid === undefined) return [];
    const db = this.#db();
    const rows = await db
      .selectFrom('plan_workstations')
      .selectAll()
      .where('syncid', '=', syncid)
      .orderBy('id')
      .execute();
    const jobs = await this.#jobsByState(syncid);
    const of = (id: string) => countsOf(jobs.filter(({ ws }) => ws === id));
    return rows.map((row) => ({
      id: row.id,
      domain: row.domain,
      type: row.type,
      host: row.host,
      fullStatus: row.full_status === 1,
      limit: row.limit_jobs,
      fence: row.fence,
      run: row.run,
      linked: row.linked === 1,
      init: row.init === 1,
      jobman: row.jobman === 1,
      held: row.held,
      unfit: row.unfit,
      jobs: of(row.id),
    }));
  }

  async #shown(): Promise<number | undefined> {
    const mirror = await this.#db()
      .selectFrom('plan_mirror')
      .select('shown_syncid')
      .executeTakeFirst();
    return mirror?.shown_syncid ?? undefined;
  }

  /** In the order of the index, which alone is read for it. */
  async #jobsByState(syncid: number) {
    return await this.#db()
      .selectFrom('plan_jobs')
      .where('syncid', '=', syncid)
      .groupBy(['state', 'ws'])
      .select(['state', 'ws', COUNT.as('count')])
      .execute();
  }

  /** By the ids of a stream's jobs, which the primary key finds; see `ofStream`. */
  async #jobsOf(syncid: number, streams: readonly string[]): Promise<ReadonlyMap<string, Counts>> {
    const counts = new Map<string, Counts>();
    if (streams.length === 0) return counts;
    const rows = await this.#db()
      .selectFrom('plan_streams as s')
      .innerJoin('plan_jobs as j', (join) =>
        join
          .onRef('j.syncid', '=', 's.syncid')
          .on(sql<boolean>`j.id > s.id || '.' and j.id < s.id || '/'`),
      )
      .where('s.syncid', '=', syncid)
      .where('s.id', 'in', [...streams])
      .where('j.stream', 'is not', null)
      .groupBy(['s.id', 'j.state'])
      .select(['s.id as stream', 'j.state', COUNT.as('count')])
      .execute();
    for (const stream of streams) {
      counts.set(stream, countsOf(rows.filter((row) => row.stream === stream)));
    }
    return counts;
  }

  async #states(
    syncid: number,
    follows: JobDetail['follows'] | ReturnType<typeof dependenciesIn>,
  ): Promise<JobDetail['follows']> {
    const known = new Map<string, string>();
    for (const kind of ['job', 'stream'] as const) {
      const ids = follows.filter((one) => one.kind === kind).map(({ id }) => id);
      if (ids.length === 0) continue;
      const rows = await this.#db()
        .selectFrom(kind === 'job' ? 'plan_jobs' : 'plan_streams')
        .where('syncid', '=', syncid)
        .where('id', 'in', ids)
        .select(['id', 'state'])
        .execute();
      for (const { id, state } of rows) known.set(`${kind}/${id}`, state);
    }
    return follows.map(({ kind, id }) => {
      return { kind, id, state: known.get(`${kind}/${id}`) ?? null };
    });
  }
}

const NOTHING = { rows: [], total: 0 } as const;

/** The rows of a page and one more. */
async function paged<T extends 'plan_jobs' | 'plan_streams'>(
  found: SelectQueryBuilder<Schema, T, object>,
  sort: string,
  query: Paging,
): Promise<(Selectable<Schema[T]> & Sorted)[]> {
  const order = ORDERS[sort] ?? BY_ID;
  const rows = await found
    .selectAll()
    .select(order.as('sorted'))
    .where(beyond(order, query))
    .orderBy(order, directionOf(query))
    .orderBy(BY_ID, directionOf(query))
    .limit(query.limit + 1)
    .execute();
  // Of a table that is a parameter the library does not know the row.
  return rows as unknown as (Selectable<Schema[T]> & Sorted)[];
}

/** How many there are, for the first page. */
async function totalOf(
  { after }: Paging,
  found: { select(count: ReturnType<typeof counting>): { executeTakeFirst(): Promise<unknown> } },
): Promise<number | undefined> {
  if (after !== undefined) return undefined;
  const row = (await found.select(counting()).executeTakeFirst()) as { readonly count: number };
  return Number(row.count);
}

const counting = () => COUNT.as('count');

function jobRowOf(row: JobTable): JobRow {
  return {
    id: row.id,
    stream: row.stream,
    ws: row.ws,
    state: row.state,
    attempt: row.attempt ?? 0,
    priority: row.priority,
    startMs: row.start_ms,
    endMs: row.end_ms,
    rc: row.rc,
  };
}

function streamRowOf(row: StreamTable, jobs: Counts): StreamRow {
  return {
    id: row.id,
    ws: row.ws,
    name: row.name,
    state: row.state,
    priority: row.priority,
    limit: row.limit_jobs,
    atMs: row.at_ms,
    jobs,
  };
}
