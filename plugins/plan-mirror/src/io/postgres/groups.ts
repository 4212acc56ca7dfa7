import type {
  Cell,
  FacetChange,
  FacetName,
  JobMoment,
  RowChange,
  TableName,
} from '@ftctl/plan/source';
import type pg from 'pg';
import type { CopyKey } from '../../database.ts';
import { isText } from '../sql/columns.ts';
import { tableOf } from '../sql/rows.ts';
import { onNewer, tableName, upsertColumns } from '../sql/statements.ts';

/** Changes of one kind that one statement can write. */
export type Group =
  | { readonly facet: FacetName; readonly changes: Map<string, FacetChange> }
  | { readonly gone: TableName; readonly ids: string[] }
  | { readonly history: JobMoment[] };

/**
 * Changes by statement. Facets of one row do not touch each other, so only what is
 * gone must stay between what came before it and what came after.
 */
export function inOrder(changes: readonly RowChange[]): readonly Group[] {
  const groups: Group[] = [];
  let open = new Map<string, Group>();
  for (const change of changes) {
    if ('gone' in change) {
      const last = groups.at(-1);
      if (last !== undefined && 'gone' in last && last.gone === change.gone) {
        last.ids.push(change.id);
      } else groups.push({ gone: change.gone, ids: [change.id] });
      open = new Map();
      continue;
    }
    const name = 'facet' in change ? change.facet : 'history';
    let group = open.get(name);
    if (group === undefined) {
      group =
        'facet' in change
          ? { facet: change.facet, changes: new Map<string, FacetChange>() }
          : { history: [] };
      open.set(name, group);
      groups.push(group);
    }
    if ('facet' in change && 'facet' in group) addNewest(group.changes, change);
    else if ('history' in change && 'history' in group) group.history.push(change);
  }
  return groups;
}

/** One statement may change a row only once. */
function addNewest(changes: Map<string, FacetChange>, change: FacetChange): void {
  const known = changes.get(change.id)?.version;
  const { era, n } = change.version;
  if (known !== undefined && (known.era > era || (known.era === era && known.n >= n))) return;
  changes.set(change.id, change);
}

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
      `insert into plan_job_history (id, era, n, at_ms, state, attempt, rc)
       select * from unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[])
       on conflict do nothing`,
      columnwise(
        group.history.map(({ history, version, atMs, state, attempt, rc }) => [
          history,
          version.era,
          version.n,
          atMs,
          state,
          attempt,
          rc,
        ]),
        7,
      ),
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

function columnwise(rows: readonly (readonly Cell[])[], width: number): Cell[][] {
  return Array.from({ length: width }, (_, at) => rows.map((row) => row[at] ?? null));
}
