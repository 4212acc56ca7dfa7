const NEWLINE = 0x0a;

/** Cuts a stream of bytes into lines of JSON, each of at most `maxBytes`. */
export class JsonLines {
  readonly #maxBytes: number;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Takes the next bytes and answers the lines that they complete.
   *
   * @throws Error when a line is too long or not a JSON object
   */
  feed(bytes: Buffer): Record<string, unknown>[] {
    const lines: Record<string, unknown>[] = [];
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
      this.#keep(bytes.subarray(start, end));
      const text = Buffer.concat(this.#waiting).toString('utf8');
      this.#waiting = [];
      this.#waitingBytes = 0;
      lines.push(parse(text));
      start = end + 1;
    }
    if (start < bytes.length) this.#keep(bytes.subarray(start));
    return lines;
  }

  #keep(piece: Buffer): void {
    this.#waitingBytes += piece.length;
    if (this.#waitingBytes > this.#maxBytes) {
      throw new Error(`a line is longer than ${this.#maxBytes} bytes`);
    }
    this.#waiting.push(piece);
  }
}

export function toLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

function parse(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error('a line is not a JSON object');
  }
  return value as Record<string, unknown>;
}
