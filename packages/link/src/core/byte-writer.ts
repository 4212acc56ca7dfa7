/** Bytes that a whole number takes in `ByteWriter.varint`: seven bits each. */
export function varintLength(value: number): number {
  let length = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) length += 1;
  return length;
}

/** Fills a buffer whose size was computed before. */
export class ByteWriter {
  readonly bytes: Uint8Array;
  #at = 0;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
  }

  byte(value: number): void {
    this.bytes[this.#at] = value;
    this.#at += 1;
  }

  /** A whole number from 0 to 2^53 - 1, low bits first. */
  varint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.byte((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.byte(rest);
  }

  append(part: Uint8Array): void {
    this.bytes.set(part, this.#at);
    this.#at += part.byteLength;
  }
}
