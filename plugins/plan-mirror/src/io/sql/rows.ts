import type { SinfoniaHead } from '@ftctl/plan/source';
import {
  type Cell,
  FACETS,
  type FacetChange,
  type FacetName,
  type TableName,
} from '@ftctl/plan/source';

/** A row as it is written: its table's columns, in one order. */
export type RowCells = readonly Cell[];

/** The columns of a table that hold its facets, in the order in which a load writes them. */
export interface TableShape {
  readonly table: string;
  /** `syncid`, `id`, what a copy's head says, then facet by facet its columns and version. */
  readonly columns: readonly string[];
  readonly facets: readonly FacetName[];
}

/** What the head of a copy says of a workstation or a domain, beside its facets. */
const FROM_HEAD: Partial<Readonly<Record<TableName, readonly string[]>>> = {
  workstations: ['domain', 'type', 'os', 'node', 'host', 'method', 'full_status'],
  domains: ['parent'],
};

const TABLES: readonly TableName[] = ['streams', 'jobs', 'prompts', 'workstations', 'domains'];

export const SHAPES: Readonly<Record<TableName, TableShape>> = Object.fromEntries(
  TABLES.map((name) => [name, shapeOf(name)]),
) as Record<TableName, TableShape>;

const LAYOUTS = Object.fromEntries(TABLES.map((name) => [name, layoutOf(name)])) as Readonly<
  Record<TableName, Layout>
>;

export function tableOf(facet: FacetName): TableName {
  return facet.slice(0, facet.indexOf('.')) as TableName;
}

/** Columns of a facet, its version last. */
export function columnsOf(facet: FacetName): readonly string[] {
  const short = facet.slice(facet.indexOf('.') + 1);
  return [...FACETS[facet], `${short}_era`, `${short}_n`];
}

/** Cells of all columns of a table's row. */
export function rowOf(
  name: TableName,
  syncid: number,
  id: string,
  facets: readonly FacetChange[],
  fromHead: readonly Cell[] = [],
): RowCells {
  const { blank, places } = LAYOUTS[name];
  const cells = [...blank];
  cells[0] = syncid;
  cells[1] = id;
  for (let at = 0; at < fromHead.length; at += 1) cells[2 + at] = fromHead[at] ?? null;
  for (const { facet, cells: own, version } of facets) {
    const first = places[facet] ?? 0;
    for (let at = 0; at < own.length; at += 1) cells[first + at] = own[at] as Cell;
    cells[first + own.length] = version.era;
    cells[first + own.length + 1] = version.n;
  }
  return cells;
}

/** Rows for what the topology says, with what is known of each workstation in the plan. */
export function headRows(
  head: SinfoniaHead,
  facetsOf: (table: 'workstations' | 'domains', id: string) => readonly FacetChange[],
): readonly (readonly [TableName, RowCells])[] {
  const workstations = head.workstations.map((one) => {
    const { name, domain, type, os, node, hostedBy, method, fullStatus } = one;
    const cells = [domain, type, os, node ?? null, hostedBy ?? null, method ?? null];
    const known = facetsOf('workstations', name);
    const facets = [...known];
    return [
      'workstations',
      rowOf('workstations', head.syncid, name, facets, [...cells, fullStatus ? 1 : 0]),
    ] as const;
  });
  const domains = head.domains.map(({ name, parent, epoch }) => {
    const facets: FacetChange[] = [
      ...facetsOf('domains', name),
      {
        facet: 'domains.epoch',
        id: name,
        version: { era: 1, n: epoch.number },
        cells: [epoch.owner],
      },
    ];
    return ['domains', rowOf('domains', head.syncid, name, facets, [parent ?? null])] as const;
  });
  return [...workstations, ...domains];
}

function shapeOf(name: TableName): TableShape {
  const facets = (Object.keys(FACETS) as FacetName[]).filter((facet) => tableOf(facet) === name);
  return {
    table: `plan_${name}`,
    columns: ['syncid', 'id', ...(FROM_HEAD[name] ?? []), ...facets.flatMap(columnsOf)],
    facets,
  };
}

interface Layout {
  /** A row of which no facet is known. */
  readonly blank: readonly Cell[];
  /** Where a facet begins. */
  readonly places: Partial<Readonly<Record<FacetName, number>>>;
}

function layoutOf(name: TableName): Layout {
  const blank: Cell[] = [null, null, ...(FROM_HEAD[name] ?? []).map(() => null)];
  const places: Partial<Record<FacetName, number>> = {};
  for (const facet of SHAPES[name].facets) {
    places[facet] = blank.length;
    // The version of what nobody has written.
    blank.push(...FACETS[facet].map((column) => unsaid(name, column)), 0, 0);
  }
  return { blank, places };
}

/** What a column holds of which its owner has said nothing; as the schema has it, too. */
function unsaid(name: TableName, column: string): Cell {
  return column === 'state' && (name === 'jobs' || name === 'streams') ? 'HOLD' : null;
}
