import { PAGE_HEADER_BYTES, PageDamage } from './page-file.ts';

const BRANCH = 0x01;
const LEAF = 0x02;
const OVERFLOW = 0x04;
/** Flags that tell what a page is; the others are LMDB's own notes. */
const KIND_FLAGS = 0x6f;
const NODE_HEADER_BYTES = 8;
const BIG_VALUE = 0x01;
/** Page, transaction and number of pages of a value that has pages of its own. */
const BIG_VALUE_BYTES = 24;

const NUMBER_BYTES = 8;

export type CompareKeys = (one: Uint8Array, other: Uint8Array) => number;

/** An entry of a branch page: keys from `key` on are found in `page`. */
export interface BranchNode {
  readonly key: Buffer;
  readonly page: number;
}

/** An entry of a leaf page. */
export interface LeafNode {
  readonly key: Buffer;
  readonly valueBytes: number;
  /** The value, or the pages in which it stands. */
  readonly value: Buffer | BigValue;
}

export interface BigValue {
  readonly page: number;
  readonly pages: number;
}

export type Page =
  | { readonly kind: 'branch'; readonly nodes: readonly BranchNode[] }
  | { readonly kind: 'leaf'; readonly nodes: readonly LeafNode[] };

/**
 * Reads a page of a tree, and that everything in it lies where it can.
 *
 * @throws PageDamage
 */
export function readPage(
  bytes: Buffer,
  page: number,
  transaction: number,
  compare: CompareKeys = Buffer.compare,
): Page {
  checkPageHeader(bytes, page, transaction);
  const flags = bytes.readUInt16LE(18) & KIND_FLAGS;
  if (flags !== BRANCH && flags !== LEAF) throw new PageDamage('it is of no kind that it can be');
  const lower = bytes.readUInt16LE(20);
  const upper = bytes.readUInt16LE(22);
  const room = bytes.length - PAGE_HEADER_BYTES;
  if (lower % 2 !== 0 || lower > upper || upper > room)
    throw new PageDamage('its bounds are wrong');
  const count = lower / 2;
  const read = flags === BRANCH ? readBranch : readLeaf;
  const nodes: (BranchNode | LeafNode)[] = [];
  let used = 0;
  for (let index = 0; index < count; index += 1) {
    const offset = bytes.readUInt16LE(PAGE_HEADER_BYTES + 2 * index);
    if (offset < upper || offset + NODE_HEADER_BYTES > room) throw outside();
    const [node, size] = read(bytes, PAGE_HEADER_BYTES + offset);
    used += size + (size % 2);
    nodes.push(node);
  }
  if (used !== room - upper) throw new PageDamage('its entries overlap');
  checkOrder(nodes, flags === BRANCH ? 1 : 0, compare);
  if (flags === BRANCH) {
    if (count < 2) throw new PageDamage('it leads nowhere');
    return { kind: 'branch', nodes: nodes as BranchNode[] };
  }
  if (count === 0) throw new PageDamage('it is empty');
  return { kind: 'leaf', nodes: nodes as LeafNode[] };
}

/** @throws PageDamage */
export function checkOverflow(header: Buffer, value: BigValue, transaction: number): void {
  checkPageHeader(header, value.page, transaction);
  if ((header.readUInt16LE(18) & KIND_FLAGS) !== OVERFLOW) {
    throw new PageDamage('it is of no kind that it can be');
  }
  if (header.readUInt32LE(20) !== value.pages) {
    throw new PageDamage('it is not the one that its entry means');
  }
}

/** Order of keys that are numbers of 64 bits, as in the tree of free pages. */
export function compareNumbers(one: Uint8Array, other: Uint8Array): number {
  if (one.length !== NUMBER_BYTES || other.length !== NUMBER_BYTES) {
    throw new PageDamage('it has a key that is no number');
  }
  const [left, right] = [asNumber(one), asNumber(other)];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function asNumber(key: Uint8Array): bigint {
  return Buffer.from(key.buffer, key.byteOffset, key.length).readBigUInt64LE();
}

export function isBig(value: Buffer | BigValue): value is BigValue {
  return !Buffer.isBuffer(value);
}

function checkPageHeader(bytes: Buffer, page: number, transaction: number): void {
  if (bytes.readBigUInt64LE(0) !== BigInt(page)) throw new PageDamage('it has another number');
  if (bytes.readBigUInt64LE(8) > BigInt(transaction)) {
    throw new PageDamage('it is of a later transaction');
  }
}

function readBranch(bytes: Buffer, at: number): [BranchNode, number] {
  const keyBytes = bytes.readUInt16LE(at + 6);
  const size = NODE_HEADER_BYTES + keyBytes;
  if (at + size > bytes.length) throw outside();
  const page = bytes.readUIntLE(at, 6);
  return [{ key: bytes.subarray(at + NODE_HEADER_BYTES, at + size), page }, size];
}

function readLeaf(bytes: Buffer, at: number): [LeafNode, number] {
  const valueBytes = bytes.readUInt32LE(at);
  const flags = bytes.readUInt16LE(at + 4);
  const valueAt = at + NODE_HEADER_BYTES + bytes.readUInt16LE(at + 6);
  if (flags > BIG_VALUE) throw new PageDamage('it has an entry of an unknown kind');
  const size = valueAt - at + (flags === BIG_VALUE ? BIG_VALUE_BYTES : valueBytes);
  if (at + size > bytes.length) throw outside();
  const key = bytes.subarray(at + NODE_HEADER_BYTES, valueAt);
  if (flags !== BIG_VALUE) {
    return [{ key, valueBytes, value: bytes.subarray(valueAt, at + size) }, size];
  }
  const page = bytes.readBigUInt64LE(valueAt);
  const pages = bytes.readBigUInt64LE(valueAt + 16);
  return [{ key, valueBytes, value: { page: Number(page), pages: Number(pages) } }, size];
}

function checkOrder(
  nodes: readonly { readonly key: Buffer }[],
  from: number,
  compare: CompareKeys,
): void {
  for (let index = from + 1; index < nodes.length; index += 1) {
    const [one, other] = [nodes[index - 1], nodes[index]];
    if (one && other && compare(one.key, other.key) >= 0) {
      throw new PageDamage('its keys are not in order');
    }
  }
}

function outside(): PageDamage {
  return new PageDamage('an entry of it lies outside');
}
