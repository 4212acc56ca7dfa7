import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { storeErrors } from '@ftctl/sdk';

/**
 * LMDB takes its file for granted: one that is cut short or is something else
 * ends the process with a signal. So its head is looked at first. This finds a
 * foreign file, and one whose newest tree does not start within it.
 *
 * Layout of a head page, as lmdb 3.5 writes it on 64-bit systems: 24 bytes of
 * page header, magic, version, address, map size, then for the free list and for
 * the main tree 48 bytes each that start with the page size and end with the
 * number of the root page, then the last page and the transaction.
 */
const MAGIC = 0xbeefc0de;
const MAGIC_AT = 24;
const PAGE_SIZE_AT = 48;
const ROOT_AT = 136;
const TRANSACTION_AT = 152;
const HEAD_BYTES = 160;
const SMALLEST_PAGE_BYTES = 512;
/** Root of a tree without entries. */
const NO_PAGE = 0xffff_ffff_ffff_ffffn;

/**
 * An empty file is left to LMDB, which makes a store of it: a crash in the
 * moment of making one leaves it so.
 *
 * @throws FtError FT_STORE_CORRUPT
 */
export function checkHead(file: string): void {
  const { size } = statSync(file, { throwIfNoEntry: false }) ?? { size: 0 };
  if (size === 0) return;
  const first = readHead(file, 0);
  if (first?.readUInt32LE(MAGIC_AT) !== MAGIC) throw corrupt(file, 'it is no store');
  const pageBytes = first.readUInt32LE(PAGE_SIZE_AT);
  if (pageBytes < SMALLEST_PAGE_BYTES) throw corrupt(file, 'its head is damaged');
  const second = readHead(file, pageBytes);
  if (second?.readUInt32LE(MAGIC_AT) !== MAGIC) throw corrupt(file, 'its head is damaged');
  const newest = transactionOf(second) > transactionOf(first) ? second : first;
  const root = newest.readBigUInt64LE(ROOT_AT);
  if (root !== NO_PAGE && (root + 1n) * BigInt(pageBytes) > BigInt(size)) {
    throw corrupt(file, `it was cut short to ${size} bytes`);
  }
}

/** Undefined when the file ends before. */
function readHead(file: string, at: number): Buffer | undefined {
  const head = Buffer.alloc(HEAD_BYTES);
  const descriptor = openSync(file, 'r');
  try {
    return readSync(descriptor, head, 0, HEAD_BYTES, at) === HEAD_BYTES ? head : undefined;
  } finally {
    closeSync(descriptor);
  }
}

function transactionOf(head: Buffer): bigint {
  return head.readBigUInt64LE(TRANSACTION_AT);
}

function corrupt(file: string, why: string): Error {
  return storeErrors.CORRUPT({ what: file, why });
}
