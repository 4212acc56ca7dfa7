import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { homePaths } from '../paths.ts';
import { installErrors } from './errors.ts';
import { ownerLives, ownerPid, ownerToken } from './owner.ts';

const LOCK = '.lock';
/** Prefix of a lock that is being made; a leftover one belongs to a killed process. */
const MAKING = '.lock-';
/** How often a lock that changes hands at this very moment is looked at again. */
const MAX_TRIES = 20;

/**
 * Runs `work` while no other process changes the plugins of this home. A lock
 * whose process was killed is taken over.
 *
 * The lock is a folder with one empty folder in it, named by its owner. Taking it is a
 * rename of a ready-made folder, which fails when the lock is there; taking
 * over is a rename of the dead owner's folder, in which only one process can
 * succeed. So no two processes can believe that they have it.
 *
 * @throws FtError FT_INSTALL_BUSY when a living process has it
 */
export async function withInstallLock<R>(home: string, work: () => Promise<R>): Promise<R> {
  const root = homePaths(home).plugins;
  await mkdir(root, { recursive: true });
  const token = await ownerToken();
  await take(home, root, token);
  try {
    await removeAbandonedMakings(root);
    return await work();
  } finally {
    await release(root, token);
  }
}

async function take(home: string, root: string, token: string): Promise<void> {
  const lock = join(root, LOCK);
  const making = join(root, `${MAKING}${token}`);
  await mkdir(join(making, token), { recursive: true });
  try {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      if (await succeeded(rename(making, lock), ['ENOTEMPTY', 'EEXIST'])) return;
      const owner = (await entries(lock))[0];
      if (owner === undefined) continue;
      if (await ownerLives(owner)) {
        throw installErrors.BUSY({ pid: ownerPid(owner) ?? 0, home });
      }
      if (await succeeded(rename(join(lock, owner), join(lock, token)), ['ENOENT'])) return;
    }
    throw installErrors.BUSY({ pid: 0, home });
  } finally {
    await rm(making, { recursive: true, force: true });
  }
}

async function release(root: string, token: string): Promise<void> {
  await rmdir(join(root, LOCK, token));
  // Another process may already have put its own folder in the place of the empty one.
  await succeeded(rmdir(join(root, LOCK)), ['ENOTEMPTY', 'EEXIST', 'ENOENT']);
}

async function removeAbandonedMakings(root: string): Promise<void> {
  for (const name of await entries(root)) {
    if (!name.startsWith(MAKING) || (await ownerLives(name.slice(MAKING.length)))) continue;
    await rm(join(root, name), { recursive: true, force: true });
  }
}

async function entries(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** True when it worked, false when it failed with one of the expected codes. */
async function succeeded(attempt: Promise<void>, expected: readonly string[]): Promise<boolean> {
  try {
    await attempt;
    return true;
  } catch (error) {
    if (expected.includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}
