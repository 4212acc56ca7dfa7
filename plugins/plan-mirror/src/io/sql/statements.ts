import type { Cell, FacetName, JobMoment, TableName } from '@ftctl/plan/source';
import { columnsOf, SHAPES, tableOf } from './rows.ts';

/** Tables with rows of copies, and what names a row in each beside its syncid. */
export const COPY_TABLES: readonly (readonly [string, string])[] = [
  ...Object.values(SHAPES).map(({ table }) => [table, 'id'] as const),
  ['plan_lanes', 'lane'],
];

/** Rows that one transaction deletes of copies that nobody sees. */
export const SWEEP_ROWS = 5_000;

/** The update of an upsert: absolute values of one facet, where they are newer than what stands there. */
export function onNewer(facet: FacetName): string {
  const { table } = SHAPES[tableOf(facet)];
  const columns = columnsOf(facet);
  const [era, n] = columns.slice(-2);
  return `on conflict (syncid, id) do update
    set ${columns.map((one) => `${one} = excluded.${one}`).join(', ')}
    where (${table}.${era}, ${table}.${n}) < (excluded.${era}, excluded.${n})`;
}

/** Columns that an upsert of a facet names. */
export function upsertColumns(facet: FacetName): readonly string[] {
  return ['syncid', 'id', ...columnsOf(facet)];
}

export function tableName(table: TableName): string {
  return SHAPES[table].table;
}

export const HISTORY_COLUMNS = ['id', 'era', 'n', 'at_ms', 'state', 'attempt', 'rc'] as const;

/** Cells of `HISTORY_COLUMNS`. */
export function historyCells(moment: JobMoment): readonly Cell[] {
  const { history, version, atMs, state, attempt, rc } = moment;
  return [history, version.era, version.n, atMs, state, attempt, rc];
}
