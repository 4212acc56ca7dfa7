import type pg from 'pg';
import type { CopyKey } from '../../database.ts';
import { isText } from '../sql/columns.ts';
import type { Group } from '../sql/groups.ts';
import { tableOf } from '../sql/rows.ts';
import {
  HISTORY_COLUMNS,
  historyCells,
  onNewer,
  tableName,
  upsertColumns,
} from '../sql/statements.ts';
import { columnwise } from './array-text.ts';

/** Writes one group with one statement. */
export async function writeGroup(
  client: pg.PoolClient,
  { syncid }: CopyKey,
  group: Group,
): Promise<void> {
  if ('gone' in group) {
    await client.query(
      `delete from ${tableName(group.gone)} where syncid = $1 and id = any($2::text[])`,
      [syncid, group.ids],
    );
  } else if ('history' in group) {
    await client.query(
      `insert into plan_job_history (${HISTORY_COLUMNS.join(', ')})
       select * from unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[])
       on conflict do nothing`,
      columnwise(group.history.map(historyCells), HISTORY_COLUMNS.length),
    );
  } else {
    const columns = upsertColumns(group.facet);
    const rows = [...group.changes.values()].map(({ id, cells, version }) => [
      id,
      ...cells,
      version.era,
      version.n,
    ]);
    const arrays = columns
      .slice(1)
      .map((column, at) => `$${at + 2}::${isText(column) ? 'text' : 'bigint'}[]`);
    await client.query(
      `insert into ${tableName(tableOf(group.facet))} (${columns.join(', ')})
       select $1::bigint, * from unnest(${arrays.join(', ')}) ${onNewer(group.facet)}`,
      [syncid, ...columnwise(rows, columns.length - 1)],
    );
  }
}
