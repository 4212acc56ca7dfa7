import type { Cell } from '@ftctl/plan/source';
import type { RowCells } from '../sql/rows.ts';

/** Rows for one statement; more than so many values would make it slow to prepare. */
export const STATEMENT_ROWS = 100;

/** Where rows go, as pieces of SQL that this plugin has written. */
export interface Target {
  readonly table: string;
  readonly columns: readonly string[];
  /** After the values: what becomes of rows that are there already. */
  readonly onConflict?: string;
}

/**
 * Rows for one table. To hand a value over to SQLite costs more than to store
 * it, and in most columns of a plan all rows have the same: that is said once.
 */
export interface PackedRows {
  readonly target: Target;
  readonly count: number;
  /** Positions of the columns in which rows differ. */
  readonly varying: readonly number[];
  /** Of all other columns, in their order. */
  readonly constants: readonly Cell[];
  /** Row after row, those that differ. */
  readonly values: readonly Cell[];
}

/** Rows by those that one statement takes. */
export function packRows(target: Target, rows: readonly RowCells[]): readonly PackedRows[] {
  const packed: PackedRows[] = [];
  for (let at = 0; at < rows.length; at += STATEMENT_ROWS) {
    packed.push(pack(target, rows.slice(at, at + STATEMENT_ROWS)));
  }
  return packed;
}

function pack(target: Target, rows: readonly RowCells[]): PackedRows {
  const [first = []] = rows;
  const varying: number[] = [];
  const constants: Cell[] = [];
  for (let column = 0; column < first.length; column += 1) {
    const cell = first[column] as Cell;
    if (rows.length > 1 && rows.every((row) => row[column] === cell)) constants.push(cell);
    else varying.push(column);
  }
  const values: Cell[] = [];
  for (const row of rows) for (const column of varying) values.push(row[column] as Cell);
  return { target, count: rows.length, varying, constants, values };
}

/** The statement for rows of this shape, with a `?` for each constant and each value. */
export function insertOf({ target, count, varying }: PackedRows): string {
  const { table, columns, onConflict } = target;
  const places = new Map(varying.map((column, at) => [column, `column${at + 1}`]));
  const selected = columns.map((_column, at) => places.get(at) ?? '?');
  const row = `(${varying.map(() => '?').join(', ')})`;
  const rows = Array.from({ length: count }, () => row).join(', ');
  // Without a condition SQLite would take `on` for that of a join.
  return `insert into ${table} (${columns.join(', ')})
    select ${selected.join(', ')} from (values ${rows}) where true ${onConflict ?? ''}`;
}
