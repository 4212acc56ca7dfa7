/** Pages that nobody uses. */
export interface FreePages {
  readonly count: number;
  /** What is wrong with their list. */
  readonly why?: string;
}

const ID_BYTES = 8;
const KEY_BYTES = 8;

/**
 * Reads LMDB's lists of free pages: by transaction a count and page numbers, in
 * which 0 is an empty place and a negative number the length of a run that
 * begins at the number behind it. Marks each page in `used`: one that somebody
 * uses as well would be written over.
 */
export function readFreePages(
  lists: readonly (readonly [key: Buffer, value: Buffer])[],
  used: Uint8Array,
  transaction: number,
): FreePages {
  let count = 0;
  for (const [key, value] of lists) {
    if (key.length !== KEY_BYTES || key.readBigUInt64LE() > BigInt(transaction)) {
      return { count, why: 'it has an entry of no transaction' };
    }
    const length = value.length < ID_BYTES ? undefined : value.readBigUInt64LE();
    if (length === undefined || length > BigInt(value.length / ID_BYTES - 1)) {
      return { count, why: 'it has an entry that is cut short' };
    }
    const end = (Number(length) + 1) * ID_BYTES;
    for (let at = ID_BYTES; at < end; at += ID_BYTES) {
      let pages = 1n;
      let page = value.readBigInt64LE(at);
      if (page === 0n) continue;
      if (page < 0n) {
        pages = -page;
        at += ID_BYTES;
        if (at >= end) return { count, why: 'it has a run without a start' };
        page = value.readBigInt64LE(at);
        // A run that has been used up leaves its length.
        if (page === 0n) continue;
      }
      if (page < 2n || page + pages > BigInt(used.length)) {
        return { count, why: `it speaks of page ${page}, which there is not` };
      }
      for (let one = Number(page); one < Number(page + pages); one += 1) {
        if (used[one]) return { count, why: `it speaks of page ${one}, which is in use` };
        used[one] = 1;
      }
      count += Number(pages);
    }
  }
  return { count };
}
