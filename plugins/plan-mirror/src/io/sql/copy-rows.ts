import type { FacetChange, SinfoniaHead, TableName } from '@ftctl/plan/source';
import type { FacetRow } from '../../database.ts';
import { headRows, type RowCells, rowOf, tableOf } from './rows.ts';

/**
 * A copy as rows of tables, piece by piece. Workstations and domains come last:
 * what the head says of them stands in one row with what the plan says.
 */
export async function* copyRows(
  head: SinfoniaHead,
  pieces: AsyncIterable<readonly FacetRow[]>,
): AsyncGenerator<readonly (readonly [TableName, RowCells])[]> {
  const known = new Map<string, readonly FacetChange[]>();
  for await (const piece of pieces) {
    const rows: (readonly [TableName, RowCells])[] = [];
    for (const { id, facets } of piece) {
      const [first] = facets;
      if (first === undefined) continue;
      const table = tableOf(first.facet);
      if (table === 'workstations' || table === 'domains') known.set(`${table}/${id}`, facets);
      else rows.push([table, rowOf(table, head.syncid, id, facets)]);
    }
    yield rows;
  }
  yield headRows(head, (table, id) => known.get(`${table}/${id}`) ?? []);
}
