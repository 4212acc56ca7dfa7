import type { Cell } from '@ftctl/plan/source';

const SPECIAL = /[\\\t\n\r\0]/;
const ALL_SPECIAL = /[\\\t\n\r\0]/g;
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  // The one character that PostgreSQL takes in no text.
  '\0': '\uFFFD',
};
const FIRST_BYTES = 256 * 1024;
/** A character of a JavaScript text never takes more in UTF-8. */
const MAX_CHARACTER_BYTES = 3;

/** Rows in COPY's text format, as the bytes that go over the wire: thousands of lines as texts would keep the collector busy. */
export class CopyText {
  #buffer = Buffer.allocUnsafe(FIRST_BYTES);
  #length = 0;

  get bytes(): number {
    return this.#length;
  }

  add(cells: readonly Cell[]): void {
    const line = copyLine(cells);
    const most = this.#length + line.length * MAX_CHARACTER_BYTES;
    if (most > this.#buffer.length) this.#grow(most);
    this.#length += this.#buffer.write(line, this.#length);
  }

  /** What was added; to be written before anything is added again. */
  content(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  #grow(atLeast: number): void {
    const larger = Buffer.allocUnsafe(Math.max(atLeast, this.#buffer.length * 2));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}

function copyLine(cells: readonly Cell[]): string {
  let line = '';
  for (let at = 0; at < cells.length; at += 1) {
    const cell = cells[at] as Cell;
    if (at > 0) line += '\t';
    line += cell === null ? '\\N' : typeof cell === 'number' ? cell : escaped(cell);
  }
  return `${line}\n`;
}

function escaped(text: string): string {
  return SPECIAL.test(text) ? text.replace(ALL_SPECIAL, (one) => ESCAPES[one] ?? one) : text;
}
