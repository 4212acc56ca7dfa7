import { type ErrorShape, errorFromShape, type FtError, linkErrors, type Timer } from '@ftctl/sdk';
import type { Connection } from './connection.ts';
import type { LinkContext } from './context.ts';
import { MAX_QUESTION_BYTES_IN_FLIGHT, MAX_REQUESTS_IN_FLIGHT } from './core/limits.ts';

interface Question {
  readonly id: number;
  readonly channel: string;
  readonly payload: Uint8Array;
  readonly timeoutMs: number;
  readonly timer: Timer;
  readonly resolve: (answer: Uint8Array) => void;
  readonly reject: (error: FtError) => void;
  /** Undefined while it waits for the link. */
  sentOn?: Connection;
}

/**
 * Questions to one peer. They wait for the link within their time limit; once
 * sent they are not sent again, since the peer may have acted on them.
 */
export class Asker {
  readonly #context: LinkContext;
  readonly #peer: { readonly host: string; readonly plugin: string };
  readonly #questions = new Map<number, Question>();
  #nextId = 1;
  #bytes = 0;
  #connection: Connection | undefined;
  #why = 'not connected yet';
  #refusal: FtError | undefined;

  constructor(context: LinkContext, peer: { readonly host: string; readonly plugin: string }) {
    this.#context = context;
    this.#peer = peer;
  }

  ask(channel: string, payload: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
    const what = this.#tooMuch(payload.byteLength);
    if (what !== undefined) return Promise.reject(linkErrors.BUSY({ ...this.#peer, what }));
    return new Promise((resolve, reject) => {
      const id = this.#nextId;
      this.#nextId += 1;
      const timer = this.#context.clock.setTimer(timeoutMs, () => this.#expire(id));
      const question = { id, channel, payload, timeoutMs, timer, resolve, reject };
      this.#questions.set(id, question);
      this.#bytes += payload.byteLength;
      if (this.#connection !== undefined) this.#send(question, this.#connection);
    });
  }

  up(connection: Connection): void {
    this.#connection = connection;
    this.#refusal = undefined;
    for (const question of this.#questions.values()) this.#send(question, connection);
  }

  down(why: string, refusal: FtError | undefined): void {
    this.#connection = undefined;
    this.#why = why;
    this.#refusal = refusal;
    for (const question of [...this.#questions.values()]) {
      if (question.sentOn === undefined) continue;
      const told = `${why}, before the answer came`;
      this.#take(question.id)?.reject(linkErrors.DOWN({ ...this.#peer, why: told }));
    }
  }

  stop(): void {
    this.#connection = undefined;
    for (const id of [...this.#questions.keys()]) {
      this.#take(id)?.reject(linkErrors.DOWN({ ...this.#peer, why: 'this side stops' }));
    }
  }

  /** An answer that nobody waits for any more is dropped. */
  answer(id: number, payload: Uint8Array): void {
    this.#take(id)?.resolve(payload);
  }

  failure(id: number, error: ErrorShape): void {
    this.#take(id)?.reject(errorFromShape(error));
  }

  #tooMuch(bytes: number): string | undefined {
    if (this.#questions.size >= MAX_REQUESTS_IN_FLIGHT) {
      return `${MAX_REQUESTS_IN_FLIGHT} questions`;
    }
    const over = this.#bytes + bytes > MAX_QUESTION_BYTES_IN_FLIGHT;
    return over ? `${MAX_QUESTION_BYTES_IN_FLIGHT} bytes of questions` : undefined;
  }

  #send(question: Question, connection: Connection): void {
    question.sentOn = connection;
    const { id, channel, payload } = question;
    connection.sendBulk({ kind: 'request', id, channel, payload });
  }

  #expire(id: number): void {
    const question = this.#take(id);
    if (question === undefined) return;
    question.sentOn?.send({ type: 'cancel', id });
    question.reject(this.#expired(question));
  }

  #expired(question: Question): FtError {
    const { channel, timeoutMs } = question;
    if (question.sentOn !== undefined) {
      return linkErrors.TIMEOUT({ ...this.#peer, channel, ms: timeoutMs });
    }
    return this.#refusal ?? linkErrors.DOWN({ ...this.#peer, why: this.#why });
  }

  #take(id: number): Question | undefined {
    const question = this.#questions.get(id);
    if (question === undefined) return undefined;
    this.#questions.delete(id);
    this.#bytes -= question.payload.byteLength;
    question.timer.cancel();
    return question;
  }
}
