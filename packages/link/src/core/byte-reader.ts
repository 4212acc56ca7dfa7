import { FrameError } from './fields.ts';

/** Longest varint: 8 times 7 bits hold 2^53 - 1. */
const MAX_VARINT_BYTES = 8;

/** Takes a frame apart; never reads past its end. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.byteLength - this.#at;
  }

  byte(): number {
    const value = this.#bytes[this.#at];
    if (value === undefined) throw new FrameError('frame ends too early');
    this.#at += 1;
    return value;
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (let length = 0; length < MAX_VARINT_BYTES; length += 1) {
      const next = this.byte();
      value += (next & 0x7f) * scale;
      if (next < 0x80) {
        if (!Number.isSafeInteger(value)) break;
        return value;
      }
      scale *= 0x80;
    }
    throw new FrameError('number too large');
  }

  /** The next bytes, as a view on the frame. */
  take(length: number): Uint8Array {
    if (length > this.left) throw new FrameError('frame ends too early');
    const part = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return part;
  }

  rest(): Uint8Array {
    return this.take(this.left);
  }
}
