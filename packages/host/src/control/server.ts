import { unlink } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { MAX_CONNECTIONS } from './protocol.ts';
import { type ServeOptions, serveConnection } from './serve-connection.ts';
import { ensureSocketFolder, leaveSocketFolder } from './socket-folder.ts';

export interface ControlServer {
  /** Stops listening and cuts the calls that still run. */
  close(): Promise<void>;
}

/**
 * Listens on a unix socket and answers calls. A socket that a killed process
 * has left is replaced: that no living process has it is up to the caller, who
 * holds the lock of the home or of the plugin's store.
 *
 * @param path at most 100 bytes, as `homePaths` checks
 * @throws FtError FT_HOST_SOCKET_FOLDER
 */
export async function serveControl(path: string, options: ServeOptions): Promise<ControlServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serveConnection(socket, options);
  });
  server.maxConnections = MAX_CONNECTIONS;
  try {
    await listenIn(server, path);
  } catch (error) {
    // The last one that listened here has just taken the folder with it.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await listenIn(server, path);
  }
  return {
    async close() {
      await close(server, sockets);
      await leaveSocketFolder(dirname(path));
    },
  };
}

async function listenIn(server: Server, path: string): Promise<void> {
  await ensureSocketFolder(dirname(path));
  await removeStale(path);
  await listen(server, path);
}

async function removeStale(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** How long answers that are on their way may take once the server closes. */
const LAST_ANSWERS_MS = 500;

function close(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, LAST_ANSWERS_MS);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
