import type { Socket } from 'node:net';
import { describeError, type Log, type Store } from '@ftctl/sdk';
import { Lines } from './lines.ts';
import {
  HELLO_TIMEOUT_MS,
  type Hello,
  MAX_UNREAD_BYTES,
  type PublisherWord,
  parseDone,
  parseHello,
  wordLine,
} from './protocol.ts';

/** What the doorbell needs of the store whose topics it tells of. */
export interface Publisher extends Pick<Store, 'commit' | 'incarnation'> {
  /** A published log that is open in this process. */
  published(name: string): Log<unknown> | undefined;
}

/** One reader of one topic, on the publisher's side. */
export class ReaderConnection {
  readonly #socket: Socket;
  readonly #publisher: Publisher;
  readonly #lines = new Lines();
  readonly #helloTimer: NodeJS.Timeout;
  #log: Log<unknown> | undefined;
  #cursor = '';
  #stopListening: (() => void) | undefined;
  /** Highest report that no commit has taken yet. */
  #reported: number | undefined;
  #committing = false;
  #missedRing = false;

  constructor(socket: Socket, publisher: Publisher) {
    this.#socket = socket;
    this.#publisher = publisher;
    this.#helloTimer = setTimeout(() => socket.destroy(), HELLO_TIMEOUT_MS).unref();
    socket.on('data', (bytes) => this.#receive(bytes));
    socket.on('drain', () => this.#ringIfMissed());
    // A reader may vanish at any time; 'close' follows and is all that matters.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#end());
  }

  #receive(bytes: Buffer): void {
    const lines = this.#lines.push(bytes);
    if (lines === undefined) this.#refuse('a line is too long');
    for (const line of lines ?? []) {
      if (this.#socket.destroyed) return;
      if (this.#log === undefined) this.#greet(parseHello(line));
      else this.#report(this.#log, parseDone(line));
    }
  }

  #greet(hello: Hello | undefined): void {
    clearTimeout(this.#helloTimer);
    const log = hello && this.#publisher.published(hello.log);
    if (hello === undefined) {
      this.#refuse('this is no greeting of a topic reader');
    } else if (hello.incarnation !== this.#publisher.incarnation) {
      this.#refuse('this store has another history than the one that was read');
    } else if (log === undefined) {
      this.#refuse(`no log ${hello.log} is published at present`);
    } else {
      this.#log = log;
      this.#cursor = `topic:${hello.plugin}`;
      void this.#subscribe(log);
    }
  }

  /** Makes the reader's cursor, so that from now on nothing is dropped that it has not had. */
  async #subscribe(log: Log<unknown>): Promise<void> {
    const cursor = this.#cursor;
    this.#committing = true;
    try {
      await this.#publisher.commit((tx) => {
        if (tx.position(log, cursor) !== undefined) return;
        tx.moveCursor(log, cursor, tx.bounds(log).first - 1);
      });
      if (this.#socket.destroyed) return;
      this.#stopListening = log.onAppend(() => this.#ring());
      this.#ring();
      this.#committing = false;
      await this.#takeReports(log);
    } catch (error) {
      this.#refuse(describeError(error));
    }
  }

  #report(log: Log<unknown>, upTo: number | undefined): void {
    if (upTo === undefined) {
      this.#refuse('this is no report');
      return;
    }
    this.#reported = Math.max(upTo, this.#reported ?? 0);
    if (this.#committing) return;
    this.#takeReports(log).catch((error) => this.#refuse(describeError(error)));
  }

  /** One commit at a time; reports that come meanwhile share the next one. */
  async #takeReports(log: Log<unknown>): Promise<void> {
    this.#committing = true;
    while (this.#reported !== undefined && !this.#socket.destroyed) {
      const upTo = this.#reported;
      this.#reported = undefined;
      await this.#publisher.commit((tx) => {
        tx.moveCursor(log, this.#cursor, Math.min(upTo, tx.bounds(log).last));
      });
      this.#send({ kind: 'kept', kept: upTo });
    }
    this.#committing = false;
  }

  #ring(): void {
    if (this.#socket.writableLength > MAX_UNREAD_BYTES) {
      this.#missedRing = true;
    } else if (this.#log !== undefined) {
      this.#send({ kind: 'last', last: this.#log.bounds().last });
    }
  }

  #ringIfMissed(): void {
    if (!this.#missedRing) return;
    this.#missedRing = false;
    this.#ring();
  }

  #send(word: PublisherWord): void {
    if (!this.#socket.destroyed) this.#socket.write(wordLine(word));
  }

  #refuse(why: string): void {
    if (this.#socket.destroyed) return;
    this.#socket.end(wordLine({ kind: 'refused', why }));
    this.#socket.destroySoon();
  }

  #end(): void {
    clearTimeout(this.#helloTimer);
    this.#stopListening?.();
  }
}
