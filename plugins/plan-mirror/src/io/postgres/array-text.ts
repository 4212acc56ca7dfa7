import type { Cell } from '@ftctl/plan/source';
import type { RowCells } from '../sql/rows.ts';

/**
 * Rows column by column, each as the text of an array: a statement takes so many
 * parameters however many rows it writes. The driver would quote numbers, too, and
 * take three times as long.
 */
export function columnwise(rows: readonly RowCells[], width: number): string[] {
  return Array.from({ length: width }, (_, at) => arrayText(rows, at));
}

function arrayText(rows: readonly RowCells[], at: number): string {
  let elements = '';
  for (const row of rows) {
    if (elements !== '') elements += ',';
    elements += element(row[at] ?? null);
  }
  return `{${elements}}`;
}

function element(cell: Cell): string {
  if (cell === null) return 'NULL';
  if (typeof cell === 'number') return String(cell);
  return `"${/["\\]/.test(cell) ? cell.replace(/["\\]/g, '\\$&') : cell}"`;
}
