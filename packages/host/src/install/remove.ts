import type { LockedPlugin } from '../lockfile-types.ts';
import { homePaths } from '../paths.ts';
import { installErrors } from './errors.ts';
import { checkNotNeeded } from './host-fit.ts';
import { readInstalled } from './installed.ts';
import { withInstallLock } from './lock.ts';
import { readLockfile, withPlugin, writeLockfile } from './lockfile.ts';
import { removeUnrecorded, removeUnreferenced } from './prune.ts';
import { removeAbandonedStaging } from './staging.ts';

export interface RemoveOptions {
  readonly home: string;
  readonly id: string;
  /**
   * Called once the lockfile no longer names the plugin and before its files
   * go: the place to stop what still runs from them.
   */
  readonly beforeDelete?: () => Promise<void>;
}

/**
 * Takes a plugin out of the lockfile, then deletes its version folders. A
 * linked plugin's working folder and a shared root stay as they are, and so do
 * the plugin's store and its own files.
 *
 * @returns what the lockfile said
 * @throws FtError FT_INSTALL_NOT_INSTALLED, FT_INSTALL_NEEDED, FT_INSTALL_BUSY
 */
export async function removePlugin({
  home,
  id,
  beforeDelete,
}: RemoveOptions): Promise<LockedPlugin> {
  await requireInstalled(home, id);
  return withInstallLock(home, async () => {
    const lockfile = await readLockfile(home);
    await removeAbandonedStaging(homePaths(home).plugins);
    await removeUnrecorded(home, lockfile);
    const entry = await requireInstalled(home, id);
    checkNotNeeded(id, await readInstalled(home, lockfile));
    await writeLockfile(home, withPlugin(lockfile, id));
    await beforeDelete?.();
    await removeUnreferenced(home, id, []);
    return entry;
  });
}

/** @throws FtError FT_INSTALL_NOT_INSTALLED */
export async function requireInstalled(home: string, id: string): Promise<LockedPlugin> {
  const entry = (await readLockfile(home)).plugins[id];
  if (entry === undefined) throw installErrors.NOT_INSTALLED({ id, home });
  return entry;
}
