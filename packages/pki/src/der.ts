/**
 * As much DER (X.690) as a revocation list needs. Plugin processes and the daemon
 * read nothing else, and an ASN.1 library costs each of them 8 to 13 MB; what
 * writes certificates uses one (docs/decisions/0007-the-sites-own-ca.md).
 */
export interface DerElement {
  readonly tag: number;
  /** The value alone. */
  readonly value: Buffer;
  /** Tag and length too: what a signature covers. */
  readonly whole: Buffer;
}

export const TAG = {
  integer: 0x02,
  bitString: 0x03,
  sequence: 0x30,
  utcTime: 0x17,
  generalizedTime: 0x18,
} as const;

/** Elements one after the other, lazily. @throws Error naming what is wrong */
export class DerReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isDone(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** Tag of the next element; undefined at the end. */
  peek(): number | undefined {
    return this.#bytes[this.#at];
  }

  /** The next element, which must have this tag. */
  take(tag: number): DerElement {
    const start = this.#at;
    const found = this.#byte();
    if (found !== tag) throw new Error(`tag ${found} at ${start}, expected ${tag}`);
    const length = this.#length();
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new Error(`element at ${start} ends behind the end`);
    const value = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return { tag: found, value, whole: this.#bytes.subarray(start, end) };
  }

  #length(): number {
    const first = this.#byte();
    if (first < 0x80) return first;
    const count = first & 0x7f;
    if (count === 0 || count > 4) throw new Error(`length of ${count} bytes`);
    let length = 0;
    for (let i = 0; i < count; i += 1) length = length * 256 + this.#byte();
    return length;
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new Error('it ends too early');
    this.#at += 1;
    return byte;
  }
}
