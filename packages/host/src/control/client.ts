import { connect, type Socket } from 'node:net';
import { describeError, type ErrorShape, errorFromShape } from '@ftctl/sdk';
import { hostErrors } from '../errors.ts';
import { JsonLines, toLine } from './lines.ts';
import {
  ANSWER_WITHIN_MS,
  type CallSignal,
  type ClientLine,
  MAX_SERVER_LINE_BYTES,
} from './protocol.ts';

export interface CallOptions {
  /** Longest silence of the other side. Default 3,000. */
  readonly answerWithinMs?: number;
  /** Longest time for the whole call; without it a call may take as long as the other side lives. */
  readonly timeoutMs?: number;
  readonly onEvent?: (event: unknown) => void;
  /** What the operation may pull. */
  readonly input?: AsyncIterable<unknown>;
}

/** A call that is under way. */
export interface OpenCall<Answer> {
  readonly answer: Promise<Answer>;
  /** Tells the operation that the caller was interrupted. */
  interrupt(signal: CallSignal): void;
  /** Gives up: the operation sees that the caller has gone. */
  cut(): void;
}

/**
 * Calls an operation over a control socket.
 *
 * @param who for errors: `the host`, `plugin probe`
 * @throws FtError FT_HOST_DOWN, FT_HOST_NOT_ANSWERING, FT_HOST_CUT, FT_HOST_PROTOCOL,
 *   or the error of the operation, with its own code
 */
export function callControl<Answer>(
  path: string,
  who: string,
  op: string,
  params: unknown = {},
  options: CallOptions = {},
): Promise<Answer> {
  return openCall<Answer>(path, who, op, params, options).answer;
}

/** The same for callers that may interrupt the call. */
export function openCall<Answer>(
  path: string,
  who: string,
  op: string,
  params: unknown = {},
  options: CallOptions = {},
): OpenCall<Answer> {
  return callOver<Answer>(connect(path), who, op, params, options);
}

/** The same over a socket that is there already, for example one inherited by a child. */
export function callOver<Answer>(
  socket: Socket,
  who: string,
  op: string,
  params: unknown = {},
  options: CallOptions = {},
): OpenCall<Answer> {
  const call = new ClientCall(socket, who, options);
  call.send({ op, params });
  return {
    answer: call.answer as Promise<Answer>,
    interrupt: (signal) => call.send({ signal }),
    cut: () => call.fail(hostErrors.CUT({ who })),
  };
}

class ClientCall {
  readonly answer: Promise<unknown>;
  readonly #socket: Socket;
  readonly #who: string;
  readonly #options: CallOptions;
  readonly #answerWithinMs: number;
  readonly #lines = new JsonLines(MAX_SERVER_LINE_BYTES);
  readonly #input: AsyncIterator<unknown> | undefined;
  readonly #whole: NodeJS.Timeout | undefined;
  #silence: NodeJS.Timeout | undefined;
  #resolve: (value: unknown) => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;

  constructor(socket: Socket, who: string, options: CallOptions) {
    this.#socket = socket;
    this.#who = who;
    this.#options = options;
    this.#answerWithinMs = options.answerWithinMs ?? ANSWER_WITHIN_MS;
    this.#input = options.input?.[Symbol.asyncIterator]();
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    const { timeoutMs } = options;
    if (timeoutMs !== undefined) {
      this.#whole = setTimeout(() => this.#notAnswering(timeoutMs), timeoutMs);
    }
    this.#heard();
    socket.on('data', (bytes: Buffer) => this.#take(bytes));
    socket.on('error', (error) => this.fail(this.#connectError(error)));
    socket.on('close', () => this.fail(hostErrors.CUT({ who })));
  }

  send(line: ClientLine): void {
    if (!this.#socket.destroyed) this.#socket.write(toLine(line));
  }

  fail(error: Error): void {
    this.#end();
    this.#reject(error);
  }

  #take(bytes: Buffer): void {
    this.#heard();
    try {
      for (const line of this.#lines.feed(bytes)) this.#line(line);
    } catch (error) {
      this.fail(hostErrors.PROTOCOL({ who: this.#who, why: describeError(error) }, error));
    }
  }

  #line(line: Record<string, unknown>): void {
    if ('done' in line) {
      this.#end();
      this.#resolve(line.done);
    } else if ('error' in line) {
      this.fail(errorFromShape(line.error as ErrorShape));
    } else if ('event' in line) {
      this.#options.onEvent?.(line.event);
    } else if ('pull' in line) {
      void this.#giveInput();
    }
  }

  async #giveInput(): Promise<void> {
    try {
      const piece = await this.#input?.next();
      this.send(piece && !piece.done ? { input: piece.value } : { inputEnd: true });
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #heard(): void {
    clearTimeout(this.#silence);
    const limitMs = this.#answerWithinMs;
    this.#silence = setTimeout(() => this.#notAnswering(limitMs), limitMs);
  }

  #notAnswering(ms: number): void {
    this.fail(hostErrors.NOT_ANSWERING({ who: this.#who, ms }));
  }

  #connectError(error: NodeJS.ErrnoException): Error {
    const who = this.#who;
    switch (error.code) {
      case 'ENOENT':
      case 'ECONNREFUSED':
        return hostErrors.DOWN({ who });
      case 'EAGAIN':
        // So many callers wait for a stopped process that no more fit in.
        return hostErrors.NOT_ANSWERING({ who, ms: 0 });
      case 'EPIPE':
      case 'ECONNRESET':
        return hostErrors.CUT({ who });
      default:
        return hostErrors.PROTOCOL({ who, why: describeError(error) }, error);
    }
  }

  #end(): void {
    clearTimeout(this.#whole);
    clearTimeout(this.#silence);
    this.#socket.destroy();
  }
}
