import { isFtError, storeErrors } from '@ftctl/sdk';
import { hasData, type LmdbEnv, openLmdb } from '../env-lmdb.ts';
import { releaseOwnership, takeOwnership } from '../ownership.ts';
import { atOnce } from '../pages/paced.ts';
import { liveOwner, Survey } from '../pages/survey.ts';
import type { ProcessTable } from '../process-identity.ts';

/** A store that this process owns, so that no plugin can open it. */
export interface HeldStore {
  readonly env: LmdbEnv;
  /** Lets it go, wherever it lies by now. */
  release(): Promise<void>;
}

/**
 * Takes a store as its writer.
 *
 * @throws FtError FT_STORE_IN_USE, FT_STORE_CORRUPT, FT_STORE_NEWER, FT_STORE_FAILED
 */
export function holdStore(path: string, processes: ProcessTable): HeldStore {
  const owner = liveOwner(path, processes);
  if (owner !== undefined) throw storeErrors.IN_USE({ path, pid: owner.pid });
  atOnce(new Survey(path).run());
  const env = openLmdb(path, { readOnly: false });
  try {
    takeOwnership(env, path, processes);
  } catch (error) {
    void env.close();
    throw error;
  }
  return {
    env,
    async release() {
      try {
        await releaseOwnership(env);
      } finally {
        await env.close();
      }
    },
  };
}

/** The same for a store that may be damaged: nobody can open that one anyway. */
export function holdIfSound(path: string, processes: ProcessTable): HeldStore | undefined {
  try {
    return hasData(path) ? holdStore(path, processes) : undefined;
  } catch (error) {
    if (isFtError(error, 'FT_STORE_CORRUPT')) return undefined;
    throw error;
  }
}
