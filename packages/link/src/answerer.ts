import { linkErrors, type Peer, type RequestChannel } from '@ftctl/sdk';
import type { Connection } from './connection.ts';
import type { LinkContext } from './context.ts';
import type { RequestFrame } from './core/bulk-frames.ts';
import { ANSWER_BUFFER_BYTES, MAX_REQUEST_BYTES, MAX_REQUESTS_IN_FLIGHT } from './core/limits.ts';
import { shapeFor } from './errors-as-shapes.ts';

export type Answer = (question: Uint8Array, from: Peer) => Promise<Uint8Array>;

/** A channel's server, from bytes to bytes. */
export function answerWith<Q, R>(
  channel: RequestChannel<Q, R>,
  answer: (question: Q, from: Peer) => Promise<R> | R,
): Answer {
  return async (question, from) =>
    channel.answer.encode(await answer(channel.question.decode(question), from));
}

/** Answers the questions that come in on one connection. */
export class Answerer {
  readonly #context: LinkContext;
  readonly #connection: Connection;
  readonly #from: Peer;
  readonly #servers: ReadonlyMap<string, Answer>;
  /** Questions being answered whose asker still waits. */
  readonly #awaited = new Set<number>();
  /** All that are being answered, cancelled ones too: their work goes on. */
  #working = 0;

  constructor(
    context: LinkContext,
    connection: Connection,
    from: Peer,
    servers: ReadonlyMap<string, Answer>,
  ) {
    this.#context = context;
    this.#connection = connection;
    this.#from = from;
    this.#servers = servers;
  }

  take(frame: RequestFrame): void {
    const { id, channel } = frame;
    if (this.#awaited.has(id)) {
      this.#connection.offend(`used request id ${id} twice`);
      return;
    }
    this.#awaited.add(id);
    const { self } = this.#context;
    const server = this.#servers.get(channel);
    if (server === undefined) {
      this.#fail(id, channel, linkErrors.NOT_SERVED({ ...self, channel }));
    } else if (this.#working >= MAX_REQUESTS_IN_FLIGHT) {
      const what = `${MAX_REQUESTS_IN_FLIGHT} questions`;
      this.#fail(id, channel, linkErrors.BUSY({ ...self, what }));
    } else {
      void this.#work(frame, server);
    }
  }

  cancel(id: number): void {
    this.#awaited.delete(id);
  }

  async #work(frame: RequestFrame, server: Answer): Promise<void> {
    const { id, channel } = frame;
    this.#working += 1;
    try {
      this.#reply(id, channel, await server(frame.payload, this.#from));
    } catch (error) {
      this.#fail(id, channel, error);
    } finally {
      this.#working -= 1;
    }
  }

  #reply(id: number, channel: string, payload: Uint8Array): void {
    if (payload.byteLength > MAX_REQUEST_BYTES) {
      const what = `the answer on ${channel}`;
      const bytes = payload.byteLength;
      throw linkErrors.TOO_LARGE({ what, bytes, limit: MAX_REQUEST_BYTES });
    }
    if (this.#connection.bufferedBytes() + payload.byteLength > ANSWER_BUFFER_BYTES) {
      const what = `${ANSWER_BUFFER_BYTES} bytes of answers`;
      throw linkErrors.BUSY({ ...this.#context.self, what });
    }
    if (!this.#awaited.delete(id)) return;
    this.#connection.sendBulk({ kind: 'answer', id, payload });
  }

  #fail(id: number, channel: string, error: unknown): void {
    if (!this.#awaited.delete(id)) return;
    const shape = shapeFor(error, this.#context.self, channel);
    this.#connection.send({ type: 'failure', id, error: shape });
  }
}
