import { type StoreCheck, type StoreOrigin, storeErrors } from '@ftctl/sdk';
import { dataFile, hasData, openLmdb } from '../env-lmdb.ts';
import { ContentsCheck } from '../inspect/contents-check.ts';
import { describeKey } from '../inspect/key-names.ts';
import { META_KEY } from '../keys.ts';
import { requireData } from '../marker.ts';
import { checkMeta, type StoreMeta } from '../ownership.ts';
import { lookUp } from '../pages/lookup.ts';
import { paced } from '../pages/paced.ts';
import { PageDamage, PageFile } from '../pages/page-file.ts';
import { liveOwner } from '../pages/survey.ts';
import { Walk } from '../pages/walk.ts';
import { type ProcessTable, systemProcesses } from '../process-identity.ts';

/** What a store's file is, found without its plugin. */
export interface FileCheck extends StoreCheck {
  /** Undefined when it is damaged. */
  readonly incarnation: string | undefined;
  readonly origin: StoreOrigin | undefined;
  readonly fileBytes: number;
  readonly freeBytes: number;
  /** Process that has it open for writing. */
  readonly pid: number | undefined;
}

export interface CheckOptions {
  readonly path: string;
  /** Called now and then with the bytes of contents that were read. */
  readonly onProgress?: (bytes: number) => void;
  readonly processes?: ProcessTable;
  /** True for a backup or another copy: whom it names as its owner does not write it. */
  readonly isCopy?: boolean;
}

/** How often a store is begun anew, whose plugin starts while it is read. */
const TRIES = 3;
const PROGRESS_INTERVAL_MS = 200;

/**
 * Reads a whole store, whether its plugin runs or not: every page of LMDB's
 * trees and every checksum. Only a file that is no store at all is thrown; all
 * other damage is in the answer.
 *
 * @throws FtError FT_STORE_NO_STORE, FT_STORE_CORRUPT, FT_STORE_NEWER, FT_STORE_FAILED
 */
export async function checkStore(options: CheckOptions): Promise<FileCheck> {
  const { path, processes = systemProcesses(), isCopy = false } = options;
  requireData(path);
  if (!hasData(path)) throw storeErrors.NO_STORE({ path });
  for (let tries = 1; ; tries += 1) {
    const owner = isCopy ? undefined : liveOwner(path, processes);
    // A reader's place in LMDB's list keeps a writer from using again what is being read.
    const isWritten = owner !== undefined || tries > 1;
    const release = isWritten ? pin(path) : undefined;
    const file = PageFile.open(dataFile(path));
    try {
      const { transaction } = file.head;
      const check = await checkFile(file, options);
      const changed = release === undefined && file.newestHead().transaction !== transaction;
      if (isCopy || !changed || tries === TRIES) return { ...check, pid: owner?.pid };
    } finally {
      file.close();
      await release?.();
    }
  }
}

/** @throws FtError FT_STORE_CORRUPT naming the first thing that is damaged */
export function refuseDamage({ damage }: StoreCheck): void {
  const [first] = damage;
  if (first !== undefined) throw storeErrors.CORRUPT({ what: first.what, why: first.why });
}

function pin(path: string): () => Promise<void> {
  const env = openLmdb(path, { readOnly: true });
  const snapshot = env.snapshot();
  return () => {
    snapshot.release();
    return env.close();
  };
}

async function checkFile(file: PageFile, options: CheckOptions): Promise<Omit<FileCheck, 'pid'>> {
  const { path, onProgress } = options;
  const contents = new ContentsCheck();
  let told = performance.now();
  const walk = new Walk(file, {
    onEntry: (key, read) => {
      contents.take(key, read);
      if (onProgress === undefined || performance.now() - told < PROGRESS_INTERVAL_MS) return;
      told = performance.now();
      onProgress(contents.bytes);
    },
    onDamage: (damage) => contents.tell(damage),
    nameOf: describeKey,
  });
  const meta = metaOf(file, path);
  await paced(walk.run());
  if (meta === undefined) contents.tell({ what: 'the head of the store', why: 'it is missing' });
  return {
    ...contents.end(),
    incarnation: meta?.incarnation,
    origin: meta?.origin,
    fileBytes: file.size,
    freeBytes: walk.freePages * file.head.pageBytes,
  };
}

/** @throws FtError FT_STORE_NEWER */
function metaOf(file: PageFile, path: string): StoreMeta | undefined {
  try {
    const value = lookUp(file, META_KEY);
    return value && checkMeta({ get: () => value }, path);
  } catch (error) {
    // Told as damage by the walk or by the contents; a newer format is thrown.
    const isDamage = error instanceof PageDamage || isCorrupt(error);
    if (isDamage) return undefined;
    throw error;
  }
}

function isCorrupt(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'FT_STORE_CORRUPT';
}
