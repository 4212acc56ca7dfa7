import { type Cell, FACETS, type FacetChange, type TableName } from '@ftctl/plan/source';
import { type Kysely, sql } from 'kysely';
import { ofStream } from './job-filters.ts';
import { SHAPES } from './rows.ts';
import type { Schema } from './schema.ts';

type Row = Readonly<Record<string, Cell>>;

/** A stream and its jobs, as the facets that were written. */
export async function queryStream(
  db: Kysely<Schema>,
  syncid: number,
  stream: string,
): Promise<readonly FacetChange[]> {
  const [streams, jobs] = await Promise.all([
    sql<Row>`select * from plan_streams where syncid = ${syncid} and id = ${stream}`.execute(db),
    sql<Row>`select * from plan_jobs where syncid = ${syncid} and ${ofStream(stream)}`.execute(db),
  ]);
  return [...facetsOf('streams', streams.rows), ...facetsOf('jobs', jobs.rows)];
}

/** What belongs to no stream. Who manages a domain is not of the plan. */
export async function queryNetwork(
  db: Kysely<Schema>,
  syncid: number,
): Promise<readonly FacetChange[]> {
  const facets: FacetChange[] = [];
  for (const table of ['workstations', 'domains', 'prompts'] as const) {
    const from = sql.table(SHAPES[table].table);
    const { rows } = await sql<Row>`select * from ${from} where syncid = ${syncid}`.execute(db);
    facets.push(...facetsOf(table, rows));
  }
  return facets.filter(({ facet }) => facet !== 'domains.epoch');
}

/** Ids of all streams. */
export async function queryStreamIds(
  db: Kysely<Schema>,
  syncid: number,
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('plan_streams')
    .where('syncid', '=', syncid)
    .select('id')
    .execute();
  return rows.map(({ id }) => id);
}

function facetsOf(table: TableName, rows: readonly Row[]): readonly FacetChange[] {
  return rows.flatMap((row) =>
    SHAPES[table].facets.flatMap((facet): readonly FacetChange[] => {
      const short = facet.slice(facet.indexOf('.') + 1);
      const version = { era: Number(row[`${short}_era`]), n: Number(row[`${short}_n`]) };
      // Nobody has written it.
      if (version.era === 0 && version.n === 0) return [];
      const cells = FACETS[facet].map((column) => row[column] ?? null);
      return [{ facet, id: String(row.id), version, cells }];
    }),
  );
}
