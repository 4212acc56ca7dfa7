import { lstat, mkdir, rmdir } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { hostErrors } from '../errors.ts';

/**
 * Makes the folder for local sockets, mode 0700. Whoever may write into it
 * could speak for the host, so one that is not ours alone is refused.
 *
 * @throws FtError FT_HOST_SOCKET_FOLDER
 */
export async function ensureSocketFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    if (code !== 'EEXIST') throw hostErrors.SOCKET_FOLDER({ path, why: code }, error);
  }
  // A link is not followed: whoever made it could turn it elsewhere later.
  const found = await lstat(path);
  if (!found.isDirectory()) throw hostErrors.SOCKET_FOLDER({ path, why: 'it is not a folder' });
  if (found.uid !== userInfo().uid) {
    throw hostErrors.SOCKET_FOLDER({ path, why: `it belongs to user ${found.uid}` });
  }
  if ((found.mode & 0o077) !== 0) {
    const mode = (found.mode & 0o777).toString(8);
    throw hostErrors.SOCKET_FOLDER({ path, why: `its mode is ${mode}, others may enter it` });
  }
}

/** Removes the folder once the last socket in it has gone: whoever listens next makes it again. */
export async function leaveSocketFolder(path: string): Promise<void> {
  try {
    await rmdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'ENOENT') throw error;
  }
}
