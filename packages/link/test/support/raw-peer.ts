import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';

export const HELLO = {
  type: 'hello',
  minVersion: 1,
  maxVersion: 1,
  lane: 'data',
  host: 'raw',
  plugin: 'subject',
  toHost: 'b',
  toPlugin: 'subject',
  incarnation: 'f'.repeat(32),
  epoch: 1,
  attempt: 1,
};

/** The request for a link, without its end. */
export const UPGRADE = [
  'GET /ftctl/link HTTP/1.1',
  'Host: b',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
].join('\r\n');

/** A peer that says what a test makes it say. */
export class RawPeer {
  readonly ws: WebSocket;
  readonly heard: Record<string, unknown>[] = [];
  readonly closed: Promise<number>;
  readonly #opened: Promise<void>;

  constructor(port: number, path = '/ftctl/link', headers: Record<string, string> = {}) {
    this.ws = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers, perMessageDeflate: false });
    this.ws.on('message', (data, isBinary) => {
      this.heard.push(isBinary ? { type: 'bulk' } : JSON.parse(String(data)));
    });
    this.#opened = new Promise((resolve, reject) => {
      this.ws.on('open', resolve);
      this.ws.on('error', reject);
    });
    this.closed = new Promise((resolve) => this.ws.on('close', resolve));
  }

  /** Fails with the server's answer when the upgrade is refused. */
  opened(): Promise<void> {
    return this.#opened;
  }

  /** Says hello and waits for what comes back. */
  async greet(changes: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    await this.#opened;
    this.say({ ...HELLO, ...changes });
    while (this.heard.length === 0 && this.ws.readyState === WebSocket.OPEN) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return this.heard[0] ?? {};
  }

  say(frame: unknown): void {
    this.ws.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  bulk(bytes: Uint8Array): void {
    this.ws.send(bytes);
  }
}

/** A TCP connection that follows no protocol at all. */
export class RawSocket {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  received = '';

  constructor(port: number) {
    this.socket = connect({ host: '127.0.0.1', port });
    this.socket.on('data', (bytes) => {
      this.received += String(bytes);
    });
    // A reset is as good an end as any.
    this.socket.on('error', () => this.socket.destroy());
    this.closed = new Promise((resolve) => this.socket.on('close', () => resolve()));
  }

  write(text: string): void {
    this.socket.write(text);
  }
}
