/**
 * The two heads of an LMDB file, pages 0 and 1: each commit writes the other
 * one, so the newest is that of the higher transaction.
 *
 * Layout as lmdb 3.5 writes it on 64-bit systems, behind 24 bytes of page
 * header: magic, version, address, map size, then for the list of free pages and
 * for the main tree 48 bytes each, then the last page and the transaction.
 */
const MAGIC = 0xbeefc0de;
const DATA_VERSION = 2;
const META_FLAG = 0x08;
const INTEGER_KEY_FLAG = 0x08;
const FREE_AT = 48;
const MAIN_AT = 96;
const TREE = { flags: 4, depth: 6, branches: 8, leaves: 16, overflows: 24, entries: 32, root: 40 };
const NO_PAGE = 0xffff_ffff_ffff_ffffn;
const SMALLEST_PAGE_BYTES = 512;
const LARGEST_PAGE_BYTES = 65_536;
/** A deeper tree cannot be read by LMDB (its CURSOR_STACK). */
const MAX_DEPTH = 32;

/** Bytes of a page that hold its head. */
export const HEAD_BYTES = 168;

/** A B-tree as its head describes it. */
export interface Tree {
  readonly depth: number;
  readonly branchPages: number;
  readonly leafPages: number;
  readonly overflowPages: number;
  readonly entries: number;
  /** Undefined when it is empty. */
  readonly root: number | undefined;
}

export interface Head {
  readonly pageBytes: number;
  readonly free: Tree;
  readonly main: Tree;
  readonly lastPage: number;
  readonly transaction: number;
}

/** A head, or what is wrong with it. */
export function readHead(bytes: Buffer, page: 0 | 1): Head | string {
  if (bytes.readUInt32LE(24) !== MAGIC) return 'it is no store';
  const version = bytes.readUInt32LE(28);
  if (version !== DATA_VERSION) return `its head has version ${version}`;
  const damaged = 'its head is damaged';
  const pageBytes = bytes.readUInt32LE(FREE_AT);
  const powerOfTwo = (pageBytes & (pageBytes - 1)) === 0;
  if (pageBytes < SMALLEST_PAGE_BYTES || pageBytes > LARGEST_PAGE_BYTES || !powerOfTwo) {
    return damaged;
  }
  const free = readTree(bytes, FREE_AT);
  const main = readTree(bytes, MAIN_AT);
  const transaction = safe(bytes, 152);
  const lastPage = safe(bytes, 144);
  if (free === undefined || main === undefined) return damaged;
  if (transaction === undefined || lastPage === undefined || lastPage < 1) return damaged;
  const sound =
    bytes.readBigUInt64LE(0) === BigInt(page) &&
    bytes.readUInt16LE(18) === META_FLAG &&
    bytes.readBigUInt64LE(32) === 0n &&
    bytes.readUInt16LE(FREE_AT + TREE.flags) === INTEGER_KEY_FLAG &&
    bytes.readUInt32LE(MAIN_AT) === 0 &&
    bytes.readUInt16LE(MAIN_AT + TREE.flags) === 0 &&
    // Each transaction has its page: even ones the first, odd ones the second.
    (transaction === 0 || transaction % 2 === page);
  return sound ? { pageBytes, free, main, lastPage, transaction } : damaged;
}

/**
 * True when both can be of one file: no transaction between them is missing. In
 * a new file and in a compacted copy one of them is still 0.
 */
export function headsFit(first: Head, second: Head): boolean {
  if (first.pageBytes !== second.pageBytes) return false;
  const [older, newer] = [first.transaction, second.transaction].sort((one, two) => one - two);
  return older === 0 || newer === (older ?? 0) + 1;
}

function readTree(bytes: Buffer, at: number): Tree | undefined {
  const root = bytes.readBigUInt64LE(at + TREE.root);
  const depth = bytes.readUInt16LE(at + TREE.depth);
  const branchPages = safe(bytes, at + TREE.branches);
  const leafPages = safe(bytes, at + TREE.leaves);
  const overflowPages = safe(bytes, at + TREE.overflows);
  const entries = safe(bytes, at + TREE.entries);
  if (branchPages === undefined || leafPages === undefined) return undefined;
  if (overflowPages === undefined || entries === undefined || depth > MAX_DEPTH) return undefined;
  const counts = { depth, branchPages, leafPages, overflowPages, entries };
  if (root === NO_PAGE) return { ...counts, root: undefined };
  return root <= BigInt(Number.MAX_SAFE_INTEGER) ? { ...counts, root: Number(root) } : undefined;
}

/** A number of 64 bits, when it is one that can be. */
function safe(bytes: Buffer, at: number): number | undefined {
  const value = bytes.readBigUInt64LE(at);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : undefined;
}
