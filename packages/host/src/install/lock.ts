import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { takeFolderLock } from '../folder-lock.ts';
import { homePaths } from '../paths.ts';
import { installErrors } from './errors.ts';
import { ownerLives } from './owner.ts';

const LOCK = '.lock';
/** What a process leaves that was killed while it took the lock. */
const HALF_TAKEN = `${LOCK}-`;

/**
 * Runs `work` while no other process changes the plugins of this home. The lock
 * of a process that was killed is taken over.
 *
 * @throws FtError FT_INSTALL_BUSY when a living process has it
 */
export async function withInstallLock<R>(home: string, work: () => Promise<R>): Promise<R> {
  const root = homePaths(home).plugins;
  await mkdir(root, { recursive: true });
  const lock = await takeFolderLock(join(root, LOCK));
  if ('heldBy' in lock) throw installErrors.BUSY({ pid: lock.heldBy, home });
  try {
    await removeHalfTaken(root);
    return await work();
  } finally {
    await lock.release();
  }
}

async function removeHalfTaken(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    if (!name.startsWith(HALF_TAKEN)) continue;
    if (await ownerLives(name.slice(HALF_TAKEN.length))) continue;
    await rm(join(root, name), { recursive: true, force: true });
  }
}
