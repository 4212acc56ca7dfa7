import { storeErrors } from '@ftctl/sdk';

/**
 * Keys of the one B-tree. The first byte tells the kind; most go on with the
 * length and bytes of a name, so that all of one log, table or set of counters
 * lie together and names cannot run into what follows.
 */
export const KIND = {
  meta: 1,
  owner: 2,
  log: 3,
  cursor: 4,
  block: 5,
  mark: 6,
  entry: 7,
  settings: 8,
} as const;

const SEQ_BYTES = 8;
const TWO_POW_32 = 0x1_0000_0000;

export const META_KEY = Buffer.from([KIND.meta]);
export const OWNER_KEY = Buffer.from([KIND.owner]);

/** Start of all keys of a name within a kind; for `KIND.log` it is the whole key. */
export function nameKey(kind: number, name: string): Buffer {
  const length = Buffer.byteLength(name);
  const key = Buffer.allocUnsafe(2 + length);
  key[0] = kind;
  key[1] = length;
  key.write(name, 2);
  return key;
}

/** The name in a key that has one; undefined when the key is too short for it. */
export function nameOfKey(key: Uint8Array): string | undefined {
  const end = 2 + (key[1] ?? key.length);
  if (end > key.length) return undefined;
  return Buffer.from(key.buffer, key.byteOffset, end).toString('utf8', 2);
}

/** Key of a cursor, a mark or an entry. */
export function memberKey(prefix: Uint8Array, member: string): Buffer {
  const key = Buffer.allocUnsafe(prefix.length + Buffer.byteLength(member));
  key.set(prefix);
  key.write(member, prefix.length);
  return key;
}

/** Key of the block of log records that starts with `seq`. */
export function blockKey(prefix: Uint8Array, seq: number): Buffer {
  const key = Buffer.allocUnsafe(prefix.length + SEQ_BYTES);
  key.set(prefix);
  key.writeUInt32BE(Math.floor(seq / TWO_POW_32), prefix.length);
  key.writeUInt32BE(seq % TWO_POW_32, prefix.length + 4);
  return key;
}

/** The number that a block's key ends with. */
export function seqOfBlockKey(key: Uint8Array): number {
  const view = new DataView(key.buffer, key.byteOffset + key.length - SEQ_BYTES, SEQ_BYTES);
  return view.getUint32(0) * TWO_POW_32 + view.getUint32(4);
}

/** The part of a key behind its prefix. */
export function memberOfKey(key: Uint8Array, prefix: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.length).toString('utf8', prefix.length);
}

/** The smallest key that is greater than every key with this start. Starts never end in 0xff alone. */
export function endOfRange(start: Uint8Array): Buffer {
  const end = Buffer.from(start);
  for (let index = end.length - 1; index >= 0; index -= 1) {
    const byte = end[index] ?? 0;
    if (byte < 0xff) {
      end[index] = byte + 1;
      return end.subarray(0, index + 1);
    }
  }
  throw storeErrors.MISUSE({ why: 'a range without an end' });
}

const HALF_OF_A_PAIR = /\p{Surrogate}/u;

/**
 * Requires text that has bytes of its own: not half of a surrogate pair, which
 * would be stored as something else.
 *
 * @throws FtError FT_STORE_MISUSE, FT_STORE_TOO_LARGE
 */
export function checkText(text: string, what: string, limit: number): void {
  const bytes = Buffer.byteLength(text);
  if (bytes > limit) throw storeErrors.TOO_LARGE({ what, bytes, limit });
  if (bytes !== text.length && HALF_OF_A_PAIR.test(text)) {
    throw storeErrors.MISUSE({ why: `${what} is not well-formed text` });
  }
}

/** @throws FtError FT_STORE_MISUSE when it is empty, or as `checkText` */
export function checkName(name: string, what: string, limit: number): void {
  if (name === '') throw storeErrors.MISUSE({ why: `${what} is empty` });
  checkText(name, what, limit);
}
