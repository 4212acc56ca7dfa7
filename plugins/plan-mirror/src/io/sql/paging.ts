import { type Cursor, cursorText, type Page, parseCursor } from '@ftctl/plan/queries';
import { type RawBuilder, sql } from 'kysely';
import { mirrorErrors } from '../../errors.ts';

export const BY_ID = sql<string>`id`;

/** What rows may be sorted by; what has no start or end yet comes first. */
export const ORDERS: Readonly<Record<string, RawBuilder<string | number>>> = {
  id: BY_ID,
  state: sql`state`,
  ws: sql`coalesce(ws, '')`,
  priority: sql`coalesce(priority, 0)`,
  start: sql`coalesce(start_ms, 0)`,
  end: sql`coalesce(end_ms, 0)`,
};

/** A row with what it is sorted by. */
export interface Sorted {
  readonly id: string;
  readonly sorted: string | number;
}

export interface Paging {
  readonly after?: string;
  readonly limit: number;
  readonly descending?: boolean;
}

export type Counts = Record<string, number>;

export function directionOf({ descending = false }: Paging): 'asc' | 'desc' {
  return descending ? 'desc' : 'asc';
}

/** After the last row of the page before. @throws FtError FT_MIRROR_ARGUMENT */
export function beyond(order: RawBuilder<string | number>, paging: Paging): RawBuilder<boolean> {
  if (paging.after === undefined) return sql<boolean>`1 = 1`;
  const { value, id } = cursorOf(paging.after);
  return paging.descending
    ? sql<boolean>`(${order}, id) < (${value}, ${id})`
    : sql<boolean>`(${order}, id) > (${value}, ${id})`;
}

/** @param rows one more than the page has, where there are more */
export function pageOf<T extends Sorted, R>(
  rows: readonly T[],
  { limit }: Paging,
  total: number | undefined,
  rowOf: (row: T) => R,
): Page<R> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const isMore = rows.length > limit && last !== undefined;
  return {
    rows: shown.map(rowOf),
    ...(isMore ? { next: cursorText({ value: last.sorted, id: last.id }) } : {}),
    ...(total === undefined ? {} : { total }),
  };
}

/** A text as it stands: its own wildcards are none. */
export function contains(text: string): RawBuilder<boolean> {
  const pattern = `%${text.replace(/[\\%_]/g, (one) => `\\${one}`)}%`;
  return sql<boolean>`lower(id) like lower(${pattern}) escape '\\'`;
}

export const COUNT = sql<number>`count(*)`;

export function countsOf(
  rows: readonly { readonly state: string; readonly count: number }[],
): Counts {
  const counts: Counts = {};
  for (const { state, count } of rows) {
    counts[state] = (counts[state] ?? 0) + Number(count);
  }
  return counts;
}

function cursorOf(after: string): Cursor {
  try {
    return parseCursor(after);
  } catch (error) {
    throw mirrorErrors.ARGUMENT({ what: 'after', why: 'it must be the `next` of a page' }, error);
  }
}
