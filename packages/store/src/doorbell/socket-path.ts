import { join } from 'node:path';
import { storeErrors } from '@ftctl/sdk';

/** The system's own limit is 104 to 108, and Node 20 and 22 cut a longer path in silence. */
const MAX_SOCKET_PATH_BYTES = 100;

/**
 * Where a plugin listens for readers of its topics.
 *
 * @throws FtError FT_STORE_TOO_LARGE when the system cannot hold the path
 */
export function doorbellPath(sockets: string, plugin: string): string {
  const path = join(sockets, `${plugin}.bell`);
  const bytes = Buffer.byteLength(path);
  if (bytes > MAX_SOCKET_PATH_BYTES) {
    throw storeErrors.TOO_LARGE({
      what: `socket path ${path}`,
      bytes,
      limit: MAX_SOCKET_PATH_BYTES,
    });
  }
  return path;
}
