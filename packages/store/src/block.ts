import { checksum } from './checksum.ts';
import { BLOCK_BYTES } from './limits.ts';

/**
 * Log records are stored in blocks: the records that one batch appends to one
 * log become one value, or several of about 64 KiB, under the key of their
 * first record. So a small record costs a copy and not an entry of the B-tree.
 *
 *   0  format          8 bits
 *   4  checksum        32 bits, over the key and all that follows it
 *   8  records         32 bits
 *   12 offset          64 bits float: bytes of all records ever appended before
 *   20 per record: length, 32 bits, and its bytes
 *
 * All numbers are little-endian. A block never changes once it is on disk.
 */
const BLOCK_FORMAT = 1;
const HEADER_BYTES = 20;
const CHECKED_FROM = 8;
const LENGTH_BYTES = 4;
const FIRST_CAPACITY_BYTES = 512;

/** Where a builder stood, to go back to when a commit is taken back. */
export interface BlockMark {
  readonly count: number;
  readonly position: number;
}

/** What a block with one record of this size takes. */
export function blockBytesFor(recordBytes: number): number {
  return HEADER_BYTES + LENGTH_BYTES + recordBytes;
}

/** Gathers records of a block. */
export class BlockBuilder {
  readonly firstSeq: number;
  readonly firstOffset: number;
  #bytes: Buffer;
  #position = HEADER_BYTES;
  #count = 0;

  /** @param capacityBytes room to begin with; it grows when more comes */
  constructor(firstSeq: number, firstOffset: number, capacityBytes: number) {
    this.firstSeq = firstSeq;
    this.firstOffset = firstOffset;
    this.#bytes = Buffer.allocUnsafe(Math.max(FIRST_CAPACITY_BYTES, capacityBytes));
  }

  get count(): number {
    return this.#count;
  }

  /** False when the record belongs into the next block. The first one always fits. */
  fits(recordBytes: number): boolean {
    return this.#count === 0 || this.#position + LENGTH_BYTES + recordBytes <= BLOCK_BYTES;
  }

  append(record: Uint8Array): void {
    const needed = this.#position + LENGTH_BYTES + record.length;
    if (needed > this.#bytes.length) this.#grow(needed);
    this.#bytes.writeUInt32LE(record.length, this.#position);
    this.#bytes.set(record, this.#position + LENGTH_BYTES);
    this.#position = needed;
    this.#count += 1;
  }

  mark(): BlockMark {
    return { count: this.#count, position: this.#position };
  }

  backTo(mark: BlockMark): void {
    this.#count = mark.count;
    this.#position = mark.position;
  }

  /** Byte offset of each record in its log, and of the end. */
  offsets(): Float64Array {
    return recordOffsets(this.#bytes, this.#count, this.firstOffset);
  }

  /** The value to store under `key`. The builder is of no use afterwards. */
  finish(key: Uint8Array): Buffer {
    const value = this.#bytes.subarray(0, this.#position);
    value.fill(0, 0, CHECKED_FROM);
    value[0] = BLOCK_FORMAT;
    value.writeUInt32LE(this.#count, 8);
    value.writeDoubleLE(this.firstOffset, 12);
    value.writeUInt32LE(checksum(key, value.subarray(CHECKED_FROM)), 4);
    return value;
  }

  #grow(needed: number): void {
    const doubled = Math.min(this.#bytes.length * 2, BLOCK_BYTES);
    const larger = Buffer.allocUnsafe(Math.max(needed, doubled));
    this.#bytes.copy(larger, 0, 0, this.#position);
    this.#bytes = larger;
  }
}

/** A block read back from disk and found whole. */
export class Block {
  readonly firstSeq: number;
  readonly count: number;
  readonly firstOffset: number;
  readonly #bytes: Buffer;

  private constructor(firstSeq: number, bytes: Buffer) {
    this.firstSeq = firstSeq;
    this.count = bytes.readUInt32LE(8);
    this.firstOffset = bytes.readDoubleLE(12);
    this.#bytes = bytes;
  }

  /** Undefined when the value is damaged. */
  static open(firstSeq: number, key: Uint8Array, value: Uint8Array): Block | undefined {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.length);
    if (bytes.length < HEADER_BYTES || bytes[0] !== BLOCK_FORMAT) return undefined;
    if (bytes.readUInt32LE(4) !== checksum(key, bytes.subarray(CHECKED_FROM))) return undefined;
    return new Block(firstSeq, bytes);
  }

  get lastSeq(): number {
    return this.firstSeq + this.count - 1;
  }

  /** Calls `take` for each record from `seq` on, until it returns false. False when it did. */
  each(seq: number, take: (seq: number, record: Uint8Array) => boolean): boolean {
    let position = HEADER_BYTES;
    for (let index = 0; index < this.count; index += 1) {
      const length = this.#bytes.readUInt32LE(position);
      const start = position + LENGTH_BYTES;
      position = start + length;
      const current = this.firstSeq + index;
      if (current >= seq && !take(current, this.#bytes.subarray(start, position))) return false;
    }
    return true;
  }

  /** Byte offset of each record in its log, and of the end. */
  offsets(): Float64Array {
    return recordOffsets(this.#bytes, this.count, this.firstOffset);
  }
}

function recordOffsets(bytes: Buffer, count: number, firstOffset: number): Float64Array {
  const offsets = new Float64Array(count + 1);
  let position = HEADER_BYTES;
  let offset = firstOffset;
  for (let index = 0; index < count; index += 1) {
    offsets[index] = offset;
    const length = bytes.readUInt32LE(position);
    offset += length;
    position += LENGTH_BYTES + length;
  }
  offsets[count] = offset;
  return offsets;
}
