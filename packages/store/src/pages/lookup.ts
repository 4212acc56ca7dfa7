import { isBig, readPage } from './nodes.ts';
import { PAGE_HEADER_BYTES, PageDamage, type PageFile } from './page-file.ts';

/**
 * The value under a key, read without LMDB.
 *
 * @throws PageDamage when a page on the way is damaged, or is being written over
 */
export function lookUp(file: PageFile, key: Uint8Array): Buffer | undefined {
  const { main, pageBytes, transaction } = file.head;
  let page = main.root;
  for (let level = main.depth; page !== undefined && level > 0; level -= 1) {
    const read = readPage(file.read(page, pageBytes), page, transaction);
    if (read.kind === 'leaf') {
      const node = read.nodes.find((one) => Buffer.compare(one.key, key) === 0);
      if (node === undefined) return undefined;
      const { value, valueBytes } = node;
      if (!isBig(value)) return value;
      const bytes = file.read(value.page, PAGE_HEADER_BYTES + valueBytes);
      return bytes.subarray(PAGE_HEADER_BYTES);
    }
    const next = read.nodes.findLast(
      (one, index) => index === 0 || Buffer.compare(one.key, key) <= 0,
    );
    page = next?.page;
  }
  if (page === undefined) return undefined;
  throw new PageDamage('the tree is deeper than its head says');
}
