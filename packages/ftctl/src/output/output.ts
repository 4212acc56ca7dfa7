import type { CommandTable } from '@ftctl/sdk';
import type { Io } from '../io.ts';
import { type Paint, painter } from './colour.ts';

/** How a command shows a table: the cells as text, and how to colour one. */
export interface TableStyle {
  readonly paint?: (line: string, column: number, row: number) => string;
}

/** What commands print with: one JSON document, or lines for people. */
export class Output {
  readonly json: boolean;
  readonly paint: Paint;
  private readonly io: Io;

  constructor(io: Io, json: boolean) {
    this.io = io;
    this.json = json;
    this.paint = painter(io.stdout, io.env);
  }

  /** Prints a command's result: `data` as one document with --json, else what `human` makes of it. */
  async result(data: unknown, human: () => string | Promise<string>): Promise<void> {
    if (this.json) this.io.stdout.write(`${JSON.stringify(data, null, 2)}\n`);
    else this.line(await human());
  }

  /** A line for people on standard output. Nothing with --json. */
  line(text: string): void {
    if (!this.json && text !== '') this.io.stdout.write(`${text}\n`);
  }

  /** A table fitted to the terminal, or as wide as it likes in a pipe or a file. */
  async table(table: CommandTable, style: TableStyle = {}): Promise<string> {
    const { renderTable } = await import('./table.ts');
    return renderTable(table, {
      width: this.io.stdout.isTTY ? this.io.stdout.columns : undefined,
      heading: (text) => this.paint('bold', text),
      ...style,
    });
  }
}
