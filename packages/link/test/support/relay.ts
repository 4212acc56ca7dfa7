import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * A TCP relay that can be cut. `reset`: its connections end with a reset, and so
 * do new ones. `silent`: it keeps them open and moves no byte; when healed, what
 * waited goes on its way, late, as after a lost route.
 */
export class Relay {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Whose other side has gone while nothing could be heard. */
  readonly #orphans = new Set<Socket>();
  #target: number | undefined;
  #state: 'whole' | 'reset' | 'silent' = 'whole';

  constructor() {
    this.#server = createServer((socket) => this.#accept(socket));
  }

  listen(): Promise<number> {
    return new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', () => {
        const address = this.#server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  }

  /** Where connections go from now on; undefined: nobody is there. */
  pointAt(port: number | undefined): void {
    this.#target = port;
  }

  cut(how: 'reset' | 'silent'): void {
    this.#state = how;
    for (const socket of this.#sockets) {
      if (how === 'reset') socket.resetAndDestroy();
      else socket.pause();
    }
  }

  heal(): void {
    this.#state = 'whole';
    for (const socket of this.#orphans) socket.resetAndDestroy();
    this.#orphans.clear();
    for (const socket of this.#sockets) socket.resume();
  }

  /** Ends every connection with a reset; new ones are taken as before. */
  drop(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  close(): Promise<void> {
    this.drop();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #accept(inward: Socket): void {
    if (this.#state === 'reset' || this.#target === undefined) {
      inward.on('error', () => inward.destroy());
      inward.resetAndDestroy();
      return;
    }
    const outward = connect({ host: '127.0.0.1', port: this.#target });
    this.#join(inward, outward);
    this.#join(outward, inward);
    if (this.#state === 'silent') {
      inward.pause();
      outward.pause();
    }
  }

  #join(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.setNoDelay();
    from.on('data', (bytes) => {
      if (to.write(bytes)) return;
      from.pause();
      to.once('drain', () => {
        if (this.#state === 'whole') from.resume();
      });
    });
    from.on('end', () => {
      if (this.#state !== 'silent') to.end();
    });
    from.on('error', () => from.destroy());
    from.on('close', () => {
      this.#sockets.delete(from);
      // In a black hole even the end of a connection is not heard of.
      if (this.#state === 'silent') this.#orphans.add(to);
      else to.resetAndDestroy();
    });
  }
}
