import { mkdirSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { storeErrors } from '@ftctl/sdk';
import { MAX_CONNECTIONS } from './protocol.ts';
import { type Publisher, ReaderConnection } from './reader-connection.ts';
import { doorbellPath } from './socket-path.ts';

export interface DoorbellOptions {
  readonly sockets: string;
  readonly plugin: string;
  readonly publisher: Publisher;
  readonly onTrouble?: (error: unknown) => void;
}

/**
 * The publisher's side of its topics: wakes readers in other processes after
 * each flush and takes their positions. Without it they poll, and their cursors
 * stand still.
 */
export class Doorbell {
  readonly #options: DoorbellOptions;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  constructor(options: DoorbellOptions) {
    this.#options = options;
  }

  /** Starts listening, once. Trouble is reported, not thrown: the store works without. */
  listen(): void {
    if (this.#server !== undefined) return;
    const { sockets, plugin } = this.#options;
    const server = createServer((socket) => this.#accept(socket));
    this.#server = server;
    server.maxConnections = MAX_CONNECTIONS;
    server.on('error', (error) => this.#report(sockets, error));
    try {
      const path = doorbellPath(sockets, plugin);
      mkdirSync(sockets, { recursive: true, mode: 0o700 });
      // Whatever is there was left by a process that is gone: this one owns the store.
      rmSync(path, { force: true });
      server.listen(path);
    } catch (error) {
      this.#report(sockets, error);
    }
  }

  async close(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    for (const socket of this.#sockets) socket.destroy();
    if (!server.listening) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    new ReaderConnection(socket, this.#options.publisher);
  }

  #report(path: string, cause: unknown): void {
    const why = cause instanceof Error ? cause.message : String(cause);
    const operation = 'opened to readers of its topics';
    this.#options.onTrouble?.(storeErrors.FAILED({ path, operation, why }, cause));
  }
}
