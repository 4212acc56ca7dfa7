import { connect, type Socket } from 'node:net';
import { Lines } from './lines.ts';
import {
  doneLine,
  type Hello,
  helloLine,
  type PublisherWord,
  parseWord,
  RECONNECT_MAX_MS,
  RECONNECT_MIN_MS,
} from './protocol.ts';

export interface BellEvents {
  /** The publisher has taken the subscription, or has flushed new records. */
  onRing(): void;
  /** Its cursor for this reader stands at least there. */
  onKept(upTo: number): void;
  /** A try to reach the publisher has ended without a subscription. */
  onMissed(): void;
}

/** The reader's side of a topic's doorbell: keeps a connection for as long as there is a publisher. */
export class BellClient {
  readonly #path: string;
  readonly #hello: () => Hello;
  readonly #events: BellEvents;
  #socket: Socket | undefined;
  #subscribed = false;
  #retryTimer: NodeJS.Timeout | undefined;
  #retryMs = RECONNECT_MIN_MS;
  /** Highest position to report; told again after each new connection. */
  #upTo: number | undefined;
  #closed = false;

  constructor(path: string, hello: () => Hello, events: BellEvents) {
    this.#path = path;
    this.#hello = hello;
    this.#events = events;
    this.#connect();
  }

  get subscribed(): boolean {
    return this.#subscribed;
  }

  report(upTo: number): void {
    this.#upTo = upTo;
    if (this.#subscribed) this.#socket?.write(doneLine(upTo));
  }

  /** Greets anew, without what was reported: the publisher's store is another one. */
  startAgain(): void {
    this.#upTo = undefined;
    this.#socket?.destroy();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retryTimer);
    this.#socket?.destroy();
  }

  #connect(): void {
    const socket = connect(this.#path);
    const lines = new Lines();
    this.#socket = socket;
    socket.on('connect', () => socket.write(helloLine(this.#hello())));
    socket.on('data', (bytes) => this.#receive(socket, lines.push(bytes)));
    // No publisher at present; 'close' follows.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#retry());
  }

  #receive(socket: Socket, received: string[] | undefined): void {
    const words = received?.map(parseWord) ?? [undefined];
    for (const word of words) {
      if (this.#closed) return;
      if (word === undefined || word.kind === 'refused') socket.destroy();
      else this.#hear(word);
    }
  }

  #hear(word: Exclude<PublisherWord, { kind: 'refused' }>): void {
    if (word.kind === 'kept') {
      this.#events.onKept(word.kept);
      return;
    }
    if (!this.#subscribed) {
      this.#subscribed = true;
      this.#retryMs = RECONNECT_MIN_MS;
      if (this.#upTo !== undefined) this.report(this.#upTo);
    }
    this.#events.onRing();
  }

  #retry(): void {
    this.#subscribed = false;
    if (this.#closed) return;
    this.#retryTimer = setTimeout(() => this.#connect(), this.#retryMs).unref();
    this.#retryMs = Math.min(this.#retryMs * 2, RECONNECT_MAX_MS);
    this.#events.onMissed();
  }
}
