import type { Socket } from 'node:net';
import { errorShape } from '../error-shape.ts';
import { hostErrors } from '../errors.ts';
import { JsonLines, toLine } from './lines.ts';
import {
  ALIVE_EVERY_MS,
  type CallSignal,
  MAX_CLIENT_LINE_BYTES,
  MAX_WAITING_BYTES,
  REQUEST_WITHIN_MS,
  type ServerLine,
} from './protocol.ts';

/** One call, as the operation that answers it sees it. */
export interface ControlCall {
  readonly params: unknown;
  /** Sends something to the caller while the call still runs. */
  event(value: unknown): void;
  /** The caller's input, pulled piece by piece; it ends when the caller says so or goes away. */
  readonly input: AsyncIterable<unknown>;
  /** Called when the caller is interrupted or goes away. */
  onInterrupt(listener: (signal: CallSignal | 'gone') => void): void;
}

export type ControlOperation = (call: ControlCall) => unknown;
export type ControlOperations = Readonly<Record<string, ControlOperation>>;

export interface ServeOptions {
  /** Who answers, for errors: `the host`, `plugin probe`. */
  readonly who: string;
  readonly operations: ControlOperations;
}

/**
 * Answers the one call that comes over a connection, then closes it. Never
 * throws: what goes wrong reaches the caller, or cuts the connection.
 */
export function serveConnection(socket: Socket, options: ServeOptions): void {
  new ServedCall(socket, options);
}

class ServedCall {
  readonly #socket: Socket;
  readonly #options: ServeOptions;
  readonly #lines = new JsonLines(MAX_CLIENT_LINE_BYTES);
  readonly #input = new PulledInput(() => this.#send({ pull: true }));
  readonly #interrupts: ((signal: CallSignal | 'gone') => void)[] = [];
  readonly #requestTimer: NodeJS.Timeout;
  #aliveTimer: NodeJS.Timeout | undefined;
  #requested = false;
  #answered = false;

  constructor(socket: Socket, options: ServeOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#requestTimer = setTimeout(() => socket.destroy(), REQUEST_WITHIN_MS);
    socket.on('data', (bytes: Buffer) => this.#take(bytes));
    socket.on('end', () => this.#gone());
    socket.on('close', () => this.#gone());
    // `close` follows, and is where the call ends.
    socket.on('error', () => socket.destroy());
  }

  #take(bytes: Buffer): void {
    try {
      for (const line of this.#lines.feed(bytes)) this.#line(line);
    } catch (error) {
      this.#answer({ error: errorShape(hostErrors.BAD_REQUEST({ op: '?', why: String(error) })) });
    }
  }

  #line(line: Record<string, unknown>): void {
    if (!this.#requested) {
      this.#requested = true;
      clearTimeout(this.#requestTimer);
      this.#aliveTimer = setInterval(() => this.#send({ alive: true }), ALIVE_EVERY_MS);
      void this.#run(String(line.op), line.params);
    } else if ('input' in line) {
      this.#input.give(line.input);
    } else if ('inputEnd' in line) {
      this.#input.end();
    } else if (line.signal === 'SIGINT' || line.signal === 'SIGTERM') {
      this.#interrupt(line.signal);
    }
  }

  async #run(op: string, params: unknown): Promise<void> {
    try {
      const { who, operations } = this.#options;
      const operation = Object.hasOwn(operations, op) ? operations[op] : undefined;
      if (!operation) throw hostErrors.NO_OPERATION({ who, op });
      const done = await operation({
        params,
        event: (value) => this.#send({ event: value }),
        input: this.#input,
        onInterrupt: (listener) => this.#interrupts.push(listener),
      });
      this.#answer({ done: done ?? null });
    } catch (error) {
      this.#answer({ error: errorShape(error, op) });
    }
  }

  #answer(line: ServerLine): void {
    if (this.#answered) return;
    this.#send(line);
    this.#answered = true;
    clearInterval(this.#aliveTimer);
    this.#input.end();
    this.#socket.end();
  }

  #send(line: ServerLine): void {
    if (this.#answered || this.#socket.destroyed) return;
    this.#socket.write(toLine(line));
    if (this.#socket.writableLength > MAX_WAITING_BYTES) this.#socket.destroy();
  }

  #gone(): void {
    clearTimeout(this.#requestTimer);
    clearInterval(this.#aliveTimer);
    if (!this.#requested) this.#socket.destroy();
    if (this.#answered) return;
    this.#answered = true;
    this.#input.end();
    this.#interrupt('gone');
  }

  #interrupt(signal: CallSignal | 'gone'): void {
    for (const listener of this.#interrupts) listener(signal);
  }
}

/** Input that is asked for piece by piece, so that no more than one waits. */
class PulledInput implements AsyncIterable<unknown> {
  readonly #pull: () => void;
  #taker: ((result: IteratorResult<unknown>) => void) | undefined;
  #ended = false;

  constructor(pull: () => void) {
    this.#pull = pull;
  }

  give(value: unknown): void {
    this.#taker?.({ done: false, value });
    this.#taker = undefined;
  }

  end(): void {
    this.#ended = true;
    this.#taker?.({ done: true, value: undefined });
    this.#taker = undefined;
  }

  [Symbol.asyncIterator](): AsyncIterator<unknown> {
    return {
      next: () => {
        if (this.#ended) return Promise.resolve({ done: true, value: undefined });
        return new Promise((resolve) => {
          this.#taker = resolve;
          this.#pull();
        });
      },
    };
  }
}
