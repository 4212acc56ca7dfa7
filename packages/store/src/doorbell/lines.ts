import { MAX_LINE_BYTES } from './protocol.ts';

const NEWLINE = 0x0a;

/** Cuts a stream of bytes into lines, and gives up on one that is too long. */
export class Lines {
  #rest: Buffer = Buffer.alloc(0);

  /** The lines that are now complete; undefined when one is longer than allowed. */
  push(bytes: Buffer): string[] | undefined {
    let rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const lines: string[] = [];
    for (let end = rest.indexOf(NEWLINE); end !== -1; end = rest.indexOf(NEWLINE)) {
      if (end > MAX_LINE_BYTES) return undefined;
      lines.push(rest.toString('utf8', 0, end));
      rest = rest.subarray(end + 1);
    }
    if (rest.length > MAX_LINE_BYTES) return undefined;
    this.#rest = Buffer.from(rest);
    return lines;
  }
}
