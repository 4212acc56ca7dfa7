import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Passes connections on to a port, and keeps what the side that dials sends. */
export class Recorder {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Socket[] = [];
  readonly #sessions: Buffer[][];

  private constructor(server: Server, port: number, sessions: Buffer[][], sockets: Socket[]) {
    this.#server = server;
    this.port = port;
    this.#sessions = sessions;
    this.#sockets = sockets;
  }

  static async open(target: number): Promise<Recorder> {
    const sessions: Buffer[][] = [];
    const sockets: Socket[] = [];
    const server = createServer((near) => {
      const far = connect({ host: '127.0.0.1', port: target });
      const session: Buffer[] = [];
      sessions.push(session);
      sockets.push(near, far);
      near.on('data', (bytes: Buffer) => session.push(bytes));
      near.pipe(far).pipe(near);
      // Cut at the end of the recording.
      near.on('error', () => far.destroy());
      far.on('error', () => near.destroy());
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    return new Recorder(server, port, sessions, sockets);
  }

  /** Ends all, and gives what was sent on each connection. */
  async close(): Promise<readonly Buffer[]> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
    return this.#sessions.map((session) => Buffer.concat(session));
  }
}
