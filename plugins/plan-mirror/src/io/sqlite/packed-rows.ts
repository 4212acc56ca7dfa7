import type { Cell } from '@ftctl/plan/source';
import type { RowCells } from '../sql/rows.ts';

/** Rows for one statement. */
const STATEMENT_ROWS = 500;

/** Where rows go, as pieces of SQL that this plugin has written. */
export interface Target {
  readonly table: string;
  readonly columns: readonly string[];
  /** After the values: what becomes of rows that are there already. */
  readonly onConflict?: string;
}

/**
 * Rows for one table. To hand a value over, to the thread and to SQLite, costs more
 * than to store it: in most columns of a plan all rows have the same, which is said
 * once, and what differs goes as one text.
 */
export interface PackedRows {
  readonly target: Target;
  /** Positions of the columns in which rows differ. */
  readonly varying: readonly number[];
  /** Of all other columns, in their order. */
  readonly constants: readonly Cell[];
  /** JSON: an array for each row, of what stands in the columns that differ. */
  readonly rows: string;
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
    if (rows.every((row) => row[column] === cell)) constants.push(cell);
    else varying.push(column);
  }
  const values = rows.map((row) => varying.map((column) => row[column] as Cell));
  return { target, varying, constants, rows: jsonOf(values) };
}

function jsonOf(rows: readonly RowCells[]): string {
  const json = JSON.stringify(rows);
  // Half of a surrogate pair, which SQLite would make bytes of that are no text.
  return json.includes('\\ud') ? JSON.stringify(rows.map((row) => row.map(wellFormed))) : json;
}

function wellFormed(cell: Cell): Cell {
  return typeof cell === 'string' ? cell.replace(/\p{Surrogate}/gu, '\uFFFD') : cell;
}

/** The statement for rows of this shape, with a `?` for each constant and one for the rows. */
export function insertOf({ target, varying }: PackedRows): string {
  const { table, columns, onConflict } = target;
  const places = new Map(varying.map((column, at) => [column, `value ->> ${at}`]));
  const selected = columns.map((_column, at) => places.get(at) ?? '?');
  // Without a condition SQLite would take `on` for that of a join.
  return `insert into ${table} (${columns.join(', ')})
    select ${selected.join(', ')} from json_each(?) where true ${onConflict ?? ''}`;
}
