import { type StoreDamage, storeErrors } from '@ftctl/sdk';
import { type FreePages, readFreePages } from './free-pages.ts';
import type { Tree } from './head.ts';
import {
  type BigValue,
  type CompareKeys,
  checkOverflow,
  compareNumbers,
  isBig,
  type LeafNode,
  type Page,
  readPage,
} from './nodes.ts';
import { PAGE_HEADER_BYTES, PageDamage, type PageFile } from './page-file.ts';

/** What a walk through a file's trees is told to do, and tells. */
export interface WalkOptions {
  /** Called with each entry of the main tree in order of keys; `read` gives its value. */
  readonly onEntry?: (key: Buffer, read: () => Buffer) => void;
  readonly onDamage: (damage: StoreDamage) => void;
  /** Names a key in what is told of damage. */
  readonly nameOf: (key: Uint8Array) => string;
}

interface Count {
  branchPages: number;
  leafPages: number;
  overflowPages: number;
  entries: number;
}

/** Keys that a page may hold: from the first on, before the second. */
interface KeyRange {
  readonly from: Uint8Array | undefined;
  readonly to: Uint8Array | undefined;
}

/**
 * Walks through both trees of a file and requires of every page that LMDB can
 * use it without harm: pages and entries lie where they can, keys are in order,
 * no page is used twice, free pages are used by nobody, and all are as many as
 * the head says. Yields after each page, so that the caller can pause. What a
 * damaged page takes with it is named by the keys around it.
 */
export class Walk {
  readonly #file: PageFile;
  readonly #options: WalkOptions;
  readonly #used: Uint8Array;
  #sound = true;
  #free: FreePages = { count: 0 };

  constructor(file: PageFile, options: WalkOptions) {
    this.#file = file;
    this.#options = options;
    // The last page can be no further than what LMDB has ever mapped; a bitmap of one byte a page.
    this.#used = new Uint8Array(Math.min(file.head.lastPage, MAX_PAGES) + 1);
  }

  /** Pages that are free to be written, once the walk is done. */
  get freePages(): number {
    return this.#free.count;
  }

  *run(): Generator<void> {
    const { head } = this.#file;
    if (head.lastPage > MAX_PAGES) {
      this.#tell(this.#file.file, `its head speaks of ${head.lastPage} pages`);
      return;
    }
    const { onEntry, nameOf } = this.#options;
    yield* this.#tree(head.main, { onEntry, nameOf, compare: Buffer.compare });
    yield* this.freeList();
  }

  /** The list of free pages alone. */
  *freeList(): Generator<void> {
    const { head } = this.#file;
    const lists: [Buffer, Buffer][] = [];
    const keep = (key: Buffer, read: () => Buffer) => lists.push([key, read()]);
    const nameOf = () => 'the list of free pages';
    yield* this.#tree(head.free, { onEntry: keep, nameOf, compare: compareNumbers });
    this.#free = readFreePages(lists, this.#used, head.transaction);
    if (this.#free.why) this.#tell(`the list of free pages of ${this.#file.file}`, this.#free.why);
  }

  *#tree(tree: Tree, ways: Omit<TreeWalk, 'count'>): Generator<void> {
    const count = { branchPages: 0, leafPages: 0, overflowPages: 0, entries: 0 };
    this.#sound = true;
    if (tree.root !== undefined) {
      const range = { from: undefined, to: undefined };
      yield* this.#page(tree.root, tree.depth, range, { ...ways, count });
    }
    if (!this.#sound) return;
    for (const name of COUNTS) {
      if (count[name] === tree[name]) continue;
      const why = `its head counts ${tree[name]} ${COUNT_WORDS[name]}, there are ${count[name]}`;
      this.#tell(this.#file.file, why);
    }
  }

  *#page(page: number, level: number, range: KeyRange, walk: TreeWalk): Generator<void> {
    let read: Page;
    try {
      read = this.#readPage(page, level, range, walk.compare);
    } catch (error) {
      this.#damagedPage(error, page, `holds ${between(range, walk.nameOf)}`);
      return;
    }
    yield;
    if (read.kind === 'leaf') {
      walk.count.leafPages += 1;
      for (const node of read.nodes) this.#entry(node, walk);
      return;
    }
    walk.count.branchPages += 1;
    for (const [index, node] of read.nodes.entries()) {
      const inner = {
        from: index === 0 ? range.from : node.key,
        to: read.nodes[index + 1]?.key ?? range.to,
      };
      yield* this.#page(node.page, level - 1, inner, walk);
    }
  }

  #readPage(page: number, level: number, range: KeyRange, compare: CompareKeys): Page {
    const { head } = this.#file;
    this.#use(page, 1);
    const read = readPage(this.#file.read(page, head.pageBytes), page, head.transaction, compare);
    if ((read.kind === 'leaf') !== (level === 1)) throw new PageDamage('it is at a wrong level');
    const [first, last] = [read.nodes[read.kind === 'leaf' ? 0 : 1], read.nodes.at(-1)];
    const early = range.from && first && compare(first.key, range.from) < 0;
    const late = range.to && last && compare(last.key, range.to) >= 0;
    if (early || late) throw new PageDamage('its keys belong elsewhere');
    return read;
  }

  #entry(node: LeafNode, walk: TreeWalk): void {
    walk.count.entries += 1;
    const { value } = node;
    try {
      if (isBig(value)) walk.count.overflowPages += this.#big(node, value);
    } catch (error) {
      const page = isBig(value) ? value.page : 0;
      this.#damagedPage(error, page, `holds ${walk.nameOf(node.key)}`);
      return;
    }
    walk.onEntry?.(node.key, () => this.#value(node));
  }

  /** Pages that a large value takes. */
  #big({ valueBytes }: LeafNode, value: BigValue): number {
    const { pageBytes, transaction } = this.#file.head;
    if (value.pages !== Math.ceil((PAGE_HEADER_BYTES + valueBytes) / pageBytes)) {
      throw new PageDamage('its entry has a wrong number of pages');
    }
    this.#use(value.page, value.pages);
    if ((value.page + value.pages) * pageBytes > this.#file.size) {
      throw new PageDamage('the file ends before it');
    }
    checkOverflow(this.#file.read(value.page, PAGE_HEADER_BYTES), value, transaction);
    return value.pages;
  }

  #value({ value, valueBytes }: LeafNode): Buffer {
    if (!isBig(value)) return value;
    const bytes = this.#file.read(value.page, PAGE_HEADER_BYTES + valueBytes);
    return bytes.subarray(PAGE_HEADER_BYTES);
  }

  #use(page: number, pages: number): void {
    if (page < FIRST_PAGE || page + pages > this.#used.length) {
      throw new PageDamage('there is no such page');
    }
    for (let one = page; one < page + pages; one += 1) {
      if (this.#used[one]) throw new PageDamage('it is used twice');
      this.#used[one] = 1;
    }
  }

  #damagedPage(error: unknown, page: number, holds: string): void {
    if (!(error instanceof PageDamage)) throw error;
    this.#sound = false;
    this.#tell(`page ${page} of ${this.#file.file}, which ${holds},`, error.message);
  }

  #tell(what: string, why: string): void {
    this.#options.onDamage({ what, why });
  }
}

/**
 * Pages that are free in a file that is known to be whole.
 *
 * @throws FtError FT_STORE_CORRUPT
 */
export function countFreePages(file: PageFile): number {
  const walk = new Walk(file, {
    onDamage: ({ what, why }) => {
      throw storeErrors.CORRUPT({ what, why });
    },
    nameOf: () => '',
  });
  for (const _ of walk.freeList());
  return walk.freePages;
}

interface TreeWalk {
  readonly count: Count;
  readonly compare: CompareKeys;
  readonly onEntry: WalkOptions['onEntry'];
  readonly nameOf: WalkOptions['nameOf'];
}

/** Pages 0 and 1 are the heads. */
const FIRST_PAGE = 2;
/** Of 4 KiB that is a file of 1 TiB: a head that speaks of more is damaged. */
const MAX_PAGES = 2 ** 28;
const COUNTS = ['branchPages', 'leafPages', 'overflowPages', 'entries'] as const;
const COUNT_WORDS = {
  branchPages: 'inner pages',
  leafPages: 'leaf pages',
  overflowPages: 'pages of large values',
  entries: 'entries',
} as const;

function between({ from, to }: KeyRange, nameOf: WalkOptions['nameOf']): string {
  const start = from === undefined ? 'all' : `all from ${nameOf(from)} on`;
  return to === undefined ? start : `${start}, up to ${nameOf(to)}`;
}
