import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { storeErrors } from '@ftctl/sdk';
import { dataFile, hasData, openFailure, openLmdb } from '../env-lmdb.ts';
import { mark, requireData } from '../marker.ts';
import { releaseOwnership } from '../ownership.ts';
import { type ProcessTable, systemProcesses } from '../process-identity.ts';
import { checkStore, refuseDamage } from './check-file.ts';
import { copyEnv, type OnStep } from './copy.ts';
import { holdStore } from './hold.ts';
import { clearStaging, finishSwap, swap } from './swap.ts';

export interface CompactOptions {
  readonly path: string;
  readonly onStep?: OnStep;
  readonly processes?: ProcessTable;
}

export interface Compacted {
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/**
 * Makes the file of a store as small as what it holds. The plugin has to be
 * stopped: it could not go on with another file under its feet. The history and
 * its incarnation stay the same.
 *
 * @throws FtError FT_STORE_NO_STORE, FT_STORE_IN_USE, FT_STORE_CORRUPT,
 *   FT_STORE_DISK_FULL, FT_STORE_FAILED
 */
export async function compactStore(options: CompactOptions): Promise<Compacted> {
  const { path, onStep = () => undefined, processes = systemProcesses() } = options;
  try {
    finishSwap(path);
    requireData(path);
    if (!hasData(path)) throw storeErrors.NO_STORE({ path });
    const held = holdStore(path, processes);
    let replaced: string | undefined;
    try {
      const bytesBefore = statSync(dataFile(path)).size;
      const staging = clearStaging(path);
      await copyEnv(held.env, staging, onStep);
      await disown(staging);
      const check = await checkStore({
        path: staging,
        isCopy: true,
        onProgress: (bytes) => onStep('reading it back', bytes),
      });
      refuseDamage(check);
      mark(staging);
      replaced = swap(path, 'wide');
      return { bytesBefore, bytesAfter: statSync(dataFile(path)).size };
    } finally {
      await held.release();
      if (replaced !== undefined) rmSync(replaced, { recursive: true, force: true });
    }
  } catch (error) {
    clearStaging(path);
    throw openFailure(path, error);
  }
}

/** The copy bears this process's name. */
async function disown(staging: string): Promise<void> {
  const env = openLmdb(staging, { readOnly: false });
  try {
    await releaseOwnership(env);
  } finally {
    await env.close();
  }
  rmSync(join(staging, 'lock.mdb'), { force: true });
}
