import type { LockedPlugin } from '../lockfile-types.ts';
import { withInstallLock } from './lock.ts';
import { readLockfile, withPlugin, writeLockfile } from './lockfile.ts';

/**
 * Names the version again that an installation had replaced; its folder was kept
 * for this. Running it again is the host's part.
 *
 * @throws FtError FT_INSTALL_BUSY, FT_INSTALL_LOCKFILE
 */
export async function putBack(home: string, id: string, replaced: LockedPlugin): Promise<void> {
  await withInstallLock(home, async () => {
    await writeLockfile(home, withPlugin(await readLockfile(home), id, replaced));
  });
}
