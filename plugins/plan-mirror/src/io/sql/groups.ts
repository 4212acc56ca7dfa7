import type { FacetChange, FacetName, JobMoment, RowChange, TableName } from '@ftctl/plan/source';

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
