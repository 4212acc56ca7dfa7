import type { CommandTable } from '@ftctl/sdk';
import Table from 'cli-table3';
import { fitWidths } from './widths.ts';
import { wrapText } from './wrap.ts';

/** Blanks between two columns. */
const GAP = 2;

export interface TableOptions {
  /** Columns of the terminal; undefined: as wide as the text needs. */
  readonly width: number | undefined;
  /** Colours a line of a cell after its place was computed. */
  readonly paint?: (line: string, column: number, row: number) => string;
  /** Colours the heading. */
  readonly heading?: (text: string) => string;
}

/** A table as text, without lines around it, wrapped to the terminal's width. */
export function renderTable(table: CommandTable, options: TableOptions): string {
  const cells = table.rows.map((row) => table.columns.map((_, i) => String(row[i] ?? '')));
  const natural = table.columns.map((title, i) =>
    Math.max(title.length, ...cells.map((row) => longestLine(row[i] ?? ''))),
  );
  const gaps = GAP * (natural.length - 1);
  const widths = options.width === undefined ? natural : fitWidths(natural, options.width - gaps);
  const out = new Table({
    chars: NO_LINES,
    style: { 'padding-left': 0, 'padding-right': GAP, head: [], border: [], compact: true },
    colWidths: widths.map((width) => width + GAP),
  });
  out.push(table.columns.map((title) => options.heading?.(title) ?? title));
  cells.forEach((row, i) => {
    out.push(
      row.map((cell, column) => {
        const wrapped = wrapText(cell, widths[column] ?? cell.length);
        return wrapped.map((line) => options.paint?.(line, column, i) ?? line).join('\n');
      }),
    );
  });
  return out
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

function longestLine(text: string): number {
  return Math.max(...text.split('\n').map((line) => line.length));
}

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};
