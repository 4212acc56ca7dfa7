import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeError, isFtError } from '@ftctl/sdk';
import { checkStore, type OpenStore, openStore } from '@ftctl/store';
import { temporaryFolder } from '../places.ts';
import { seeded } from '../random.ts';
import { MAX_PROBLEMS, type Soak, type SoakOptions, type SoakReport } from '../soak.ts';
import { apply, openAll, recordOf, type Things } from '../store-power/contents.ts';

const COMMITS = 60;
const PROGRESS_FLIPS = 200;
/** Where a flip is made: anywhere, or in pages of LMDB's own, which are few. */
const PAGE_BYTES = 4096;

/**
 * Bits of a store's file are flipped, one after the other in a fresh copy:
 * nothing that is read afterwards is wrong, and what cannot be read is told. A
 * flip that damages nothing, in pages that are free, is told by nobody.
 */
export const storeFlip: Soak = {
  name: 'store-flip',
  summary: 'flips bits of a file and reads everything',
  count: 5_000,
  unit: 'flips',
  run: (options) => new StoreFlip(options).run(),
};

class StoreFlip {
  readonly #options: SoakOptions;
  readonly #place = temporaryFolder();
  readonly #problems: string[] = [];
  readonly #counts = { flips: 0, harmless: 0, 'refused at opening': 0, 'told when read': 0 };
  #whole = Buffer.alloc(0);
  /** Starts of the pages that hold trees. */
  #trees: readonly number[] = [];

  constructor(options: SoakOptions) {
    this.#options = options;
  }

  async run(): Promise<SoakReport> {
    const { count, seed, deadline, progress } = this.#options;
    const random = seeded(seed);
    try {
      await this.#write();
      for (let flip = 1; flip <= count && performance.now() < deadline; flip += 1) {
        await this.#flip(random);
        if (flip % PROGRESS_FLIPS === 0) progress(`${flip} of ${count} flips`);
        if (this.#problems.length >= MAX_PROBLEMS) break;
      }
      return { counts: this.#counts, problems: this.#problems };
    } finally {
      this.#place.remove();
    }
  }

  get #path(): string {
    return join(this.#place.folder, 'store/p');
  }

  async #open() {
    return openStore({ path: this.#path, sockets: join(this.#place.folder, 's'), plugin: 'p' });
  }

  async #write(): Promise<void> {
    const store = await this.#open();
    const things = openAll(store);
    for (let number = 1; number <= COMMITS; number += 1) {
      await store.commit((tx) => apply(tx, things, number, this.#options.seed));
    }
    await store.close();
    this.#whole = readFileSync(join(this.#path, 'data.mdb'));
    this.#trees = treePages(this.#whole);
  }

  async #flip(random: () => number): Promise<void> {
    // Half of them where it hurts most: in pages of trees and in the heads.
    const tree = this.#trees[Math.floor(random() * this.#trees.length)] ?? 0;
    const at =
      random() < 0.5
        ? tree + Math.floor(random() * PAGE_BYTES)
        : Math.floor(random() * this.#whole.length);
    const bit = Math.floor(random() * 8);
    const content = Buffer.from(this.#whole);
    content[at] = (content[at] ?? 0) ^ (1 << bit);
    const marker = readFileSync(join(this.#path, 'store.json'));
    rmSync(this.#path, { recursive: true });
    mkdirSync(this.#path);
    writeFileSync(join(this.#path, 'data.mdb'), content);
    writeFileSync(join(this.#path, 'store.json'), marker);
    this.#counts.flips += 1;
    try {
      await this.#examine();
    } catch (error) {
      this.#problems.push(`bit ${bit} of byte ${at}: ${describeError(error)}`);
    }
  }

  async #examine(): Promise<void> {
    const told = await damageOf(this.#path);
    let store: OpenStore;
    try {
      store = await this.#open();
    } catch (error) {
      if (!isFtError(error, 'FT_STORE_CORRUPT')) throw error;
      if (told === 0) throw new Error(`the check says nothing of ${error.message}`);
      this.#counts['refused at opening'] += 1;
      return;
    }
    try {
      const unread = readAll(() => openAll(store), this.#options.seed);
      if (unread > 0 && told === 0) throw new Error('the check says nothing of what is not read');
      if (unread > 0 || told > 0) this.#counts['told when read'] += 1;
      else this.#counts.harmless += 1;
    } finally {
      await store.close();
    }
  }
}

/** Things that a check finds damaged; it never fails for another reason. */
async function damageOf(path: string): Promise<number> {
  try {
    return (await checkStore({ path })).damaged;
  } catch (error) {
    if (isFtError(error, 'FT_STORE_CORRUPT')) return 1;
    throw error;
  }
}

/**
 * Reads everything, and answers how much of it is told to be damaged.
 *
 * @throws Error when something that is read is not what was written
 */
function readAll(open: () => Things, seed: number): number {
  let things: Things;
  try {
    things = open();
  } catch (error) {
    return told(error);
  }
  let unread = 0;
  for (let number = 1; number <= COMMITS; number += 1) {
    unread += attempt(() => {
      const [entry] = things.kept.read(number - 1, { maxRecords: 1 });
      if (entry?.seq !== number || Buffer.compare(entry.value, recordOf(number, seed)) !== 0) {
        throw new Error(`record ${number} is read as another one`);
      }
    });
    unread += attempt(() => checkEntry(things, number));
  }
  unread += attempt(() => {
    if (things.counters.mark('commits') !== COMMITS) throw new Error('the mark is another one');
  });
  return unread;
}

function checkEntry({ table }: Things, number: number): void {
  const key = `key-${(number * 7) % 40}`;
  const later = number + 40 <= COMMITS;
  if (later) return;
  const expected = number % 3 === 0 ? undefined : String(number);
  const found = table.get(key)?.split(' ')[0];
  if (found !== expected) throw new Error(`entry ${key} is read as ${found}, not ${expected}`);
}

function attempt(read: () => void): number {
  try {
    read();
    return 0;
  } catch (error) {
    return told(error);
  }
}

function told(error: unknown): number {
  if (isFtError(error, 'FT_STORE_CORRUPT')) return 1;
  throw error;
}

const BRANCH_OR_LEAF = 0x03;
const META = 0x08;

/** Pages that say that they are of a tree, or a head. */
function treePages(content: Buffer): number[] {
  const found: number[] = [];
  for (let at = 0; at < content.length; at += PAGE_BYTES) {
    const flags = content.readUInt16LE(at + 18);
    const isOwn = content.readBigUInt64LE(at) === BigInt(at / PAGE_BYTES);
    if (isOwn && ((flags & BRANCH_OR_LEAF) !== 0 || flags === META)) found.push(at);
  }
  return found;
}
