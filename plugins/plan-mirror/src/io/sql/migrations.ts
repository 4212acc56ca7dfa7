import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** The schema, step by step. A step that was published is never changed. */
export function migrations(dialect: 'sqlite' | 'postgres'): Readonly<Record<string, Migration>> {
  return { '0001-the-plan': { up: (db) => createPlan(db, dialect) } };
}

/** Rows of several copies live side by side, told apart by their syncid; the views show one of them. */
async function createPlan(db: Kysely<unknown>, dialect: 'sqlite' | 'postgres'): Promise<void> {
  const { schema } = db;
  const version = (name: string) =>
    [`${name}_era`, `${name}_n`].map((column) => `${column} bigint not null default 0`).join(', ');
  // Sorted by bytes in both, so that pages are the same and an index serves their order.
  const typed = (column: string) =>
    dialect === 'sqlite' ? column : column.replace(/ text\b/, ' text collate "C"');
  const create = (table: string, columns: readonly string[]) =>
    sql.raw(`create table ${table} (${columns.map(typed).join(', ')})`).execute(db);
  await create('plan_mirror', [
    'id integer primary key',
    'claimed_epoch bigint not null default 0',
    'claimed_syncid bigint not null default 0',
    'shown_epoch bigint',
    'shown_syncid bigint',
    'run bigint',
    'made_at_ms bigint',
    'taken_at_ms bigint',
  ]);
  await sql`insert into plan_mirror (id) values (1)`.execute(db);
  await create('plan_lanes', [
    'syncid bigint not null',
    'lane integer not null',
    'incarnation text not null',
    'seq bigint not null',
    'primary key (syncid, lane)',
  ]);
  await create('plan_domains', [
    'syncid bigint not null',
    'id text not null',
    'parent text',
    'manager text',
    version('epoch'),
    'voters text',
    version('voters'),
    'primary key (syncid, id)',
  ]);
  await create('plan_workstations', [
    'syncid bigint not null',
    'id text not null',
    'domain text',
    'type text',
    'os text',
    'node text',
    'host text',
    'method text',
    'full_status integer',
    'limit_jobs bigint',
    'fence bigint',
    'run bigint',
    'init integer',
    'jobman integer',
    'held text',
    'unfit text',
    'features text',
    version('s'),
    'links_out text',
    'links_in text',
    version('links'),
    'linked integer',
    version('linked'),
    'dropped text',
    version('dropped'),
    'primary key (syncid, id)',
  ]);
  await create('plan_streams', [
    'syncid bigint not null',
    'id text not null',
    'ws text',
    'name text',
    'run bigint',
    'at_ms bigint',
    'def text',
    version('def'),
    "state text not null default 'HOLD'",
    'priority bigint',
    'limit_jobs bigint',
    'open integer',
    'released integer',
    version('s'),
    'primary key (syncid, id)',
  ]);
  await create('plan_jobs', [
    'syncid bigint not null',
    'id text not null',
    'stream text',
    'ws text',
    'name text',
    'at_ms bigint',
    'def text',
    version('def'),
    "state text not null default 'HOLD'",
    'attempt bigint',
    'priority bigint',
    'start_ms bigint',
    'end_ms bigint',
    'rc bigint',
    'more text',
    version('s'),
    'granted bigint',
    version('g'),
    'primary key (syncid, id)',
  ]);
  await create('plan_prompts', [
    'syncid bigint not null',
    'id text not null',
    'text text',
    version('def'),
    'state text',
    version('s'),
    'primary key (syncid, id)',
  ]);
  await create('plan_job_history', [
    'id text not null',
    'era bigint not null',
    'n bigint not null',
    'at_ms bigint not null',
    'state text not null',
    'attempt bigint not null',
    'rc bigint',
    'primary key (id, era, n)',
  ]);
  for (const [name, table, columns] of INDEXES) {
    await schema
      .createIndex(name)
      .on(table)
      .columns([...columns])
      .execute();
  }
  for (const [view, query] of VIEWS) await sql.raw(`create view ${view} as ${query}`).execute(db);
}

const INDEXES: readonly (readonly [string, string, readonly string[]])[] = [
  // Whatever is indexed is written with every change of a job: one index must do.
  ['plan_jobs_by_state', 'plan_jobs', ['syncid', 'state', 'ws']],
  ['plan_job_history_by_time', 'plan_job_history', ['at_ms']],
];

/** Of the plan that is shown; their columns are what may be relied on. */
const VIEWS: readonly (readonly [string, string])[] = [
  [
    'plan_workstations_v',
    `select w.id as workstation, w.domain, w.type, w.os, w.node, w.host, w.method, w.full_status,
       w.limit_jobs, w.fence, w.run, w.init, w.jobman, w.held, w.unfit, w.linked, w.links_out, w.links_in
     from plan_workstations w join plan_mirror m on w.syncid = m.shown_syncid`,
  ],
  [
    'plan_job_streams_v',
    `select s.id as job_stream, s.ws as workstation, s.name, s.run, s.at_ms, s.state,
       s.priority, s.limit_jobs, s.open
     from plan_streams s join plan_mirror m on s.syncid = m.shown_syncid`,
  ],
  [
    'plan_jobs_v',
    `select j.id as job, j.stream as job_stream, j.ws as workstation, j.name, j.at_ms,
       j.state, coalesce(j.attempt, 0) as attempt, j.priority,
       j.start_ms, j.end_ms, j.rc
     from plan_jobs j join plan_mirror m on j.syncid = m.shown_syncid`,
  ],
];
