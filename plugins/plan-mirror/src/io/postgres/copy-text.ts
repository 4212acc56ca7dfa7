import type { Cell } from '@ftctl/plan/source';

const SPECIAL = /[\\\t\n\r\0]/g;
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  // The one character that PostgreSQL takes in no text.
  '\0': '\uFFFD',
};

/** A row in COPY's text format. */
export function copyLine(cells: readonly Cell[]): string {
  let line = '';
  for (let at = 0; at < cells.length; at += 1) {
    const cell = cells[at] as Cell;
    if (at > 0) line += '\t';
    line += cell === null ? '\\N' : typeof cell === 'number' ? cell : escaped(cell);
  }
  return `${line}\n`;
}

function escaped(text: string): string {
  return text.replace(SPECIAL, (one) => ESCAPES[one] ?? one);
}
