import { isFtError, type StoreDamage, storeErrors } from '@ftctl/sdk';
import { dataFile, hasData } from '../env-lmdb.ts';
import { ContentsCheck } from '../inspect/contents-check.ts';
import { describeKey } from '../inspect/key-names.ts';
import { KIND } from '../keys.ts';
import { requireData } from '../marker.ts';
import { checkMeta, ownerOf } from '../ownership.ts';
import type { ProcessIdentity, ProcessTable } from '../process-identity.ts';
import { lookUp } from './lookup.ts';
import { PageDamage, PageFile } from './page-file.ts';
import { Walk } from './walk.ts';

/** How often a file that changes while it is looked at is looked at again. */
const TRIES = 5;

/**
 * Who writes a store at present, read without LMDB. Undefined when nobody does,
 * when there is no store, and when the place where it stands is damaged, which a
 * survey tells in full.
 *
 * @throws FtError FT_STORE_CORRUPT, FT_STORE_NEWER
 */
export function liveOwner(path: string, processes: ProcessTable): ProcessIdentity | undefined {
  requireData(path);
  if (!hasData(path)) return undefined;
  const file = PageFile.open(dataFile(path));
  try {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const found = readOwner(file, path);
      if (found !== 'changed') return found && processes.isAlive(found) ? found : undefined;
    }
    return undefined;
  } finally {
    file.close();
  }
}

function readOwner(file: PageFile, path: string): ProcessIdentity | undefined | 'changed' {
  const { transaction } = file.renew();
  try {
    const snapshot = { get: (key: Uint8Array) => lookUp(file, key) };
    checkMeta(snapshot, path);
    return ownerOf(snapshot, path);
  } catch (error) {
    if (file.newestHead().transaction !== transaction) return 'changed';
    if (error instanceof PageDamage || isFtError(error, 'FT_STORE_CORRUPT')) return undefined;
    throw error;
  }
}

/**
 * Walks through the pages of a store that nobody writes, so that damage is told
 * before LMDB meets it, where it would end the process. The checksums of all but
 * the records of logs are compared as well; those of records are when they are
 * read.
 */
export class Survey {
  /**
   * An entry that is damaged. Its key may be, too: it may stand for any entry
   * that is not found.
   */
  suspect: StoreDamage | undefined;
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * In small steps.
   *
   * @throws FtError FT_STORE_CORRUPT naming the first damaged page
   */
  *run(): Generator<void> {
    requireData(this.#path);
    if (!hasData(this.#path)) return;
    const file = PageFile.open(dataFile(this.#path));
    try {
      for (let tries = 0; tries < TRIES; tries += 1) {
        const { transaction } = file.renew();
        const damage: StoreDamage[] = [];
        yield* this.#walk(file, damage);
        // Pages are written over only by later transactions: then it says nothing.
        if (file.newestHead().transaction !== transaction) continue;
        const [first] = damage;
        if (first === undefined) return;
        const more = damage.length === 1 ? '' : ` (and ${damage.length - 1} more)`;
        throw storeErrors.CORRUPT({ what: first.what, why: `${first.why}${more}` });
      }
    } finally {
      file.close();
    }
  }

  *#walk(file: PageFile, damage: StoreDamage[]): Generator<void> {
    const contents = new ContentsCheck();
    const walk = new Walk(file, {
      onEntry: (key, read) => {
        if (key[0] !== KIND.block) contents.take(key, read);
      },
      onDamage: (one) => damage.push(one),
      nameOf: describeKey,
    });
    yield* walk.run();
    this.suspect = contents.first;
  }
}
