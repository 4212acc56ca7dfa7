import {
  DEFAULT_LINK_LIMITS,
  DEFAULT_REQUEST_TIMEOUT_MS,
  errorFromShape,
  isFtError,
  linkErrors,
  type Peer,
  type RequestChannel,
  type RequestOptions,
} from '@ftctl/sdk';
import type { SimProcess } from '../process.ts';
import type { Scheduled } from '../scheduler.ts';
import type { PeerLink } from './peer-link.ts';
import type { Session } from './session.ts';
import type { AcceptorMessage, RequestMessage } from './wire-messages.ts';

interface OpenRequest {
  readonly peer: PeerLink;
  readonly message: RequestMessage;
  readonly timer: Scheduled;
  readonly answered: (bytes: Uint8Array) => void;
  readonly failed: (error: unknown) => void;
  sent: boolean;
}

type Handler = (question: Uint8Array, from: Peer) => Promise<Uint8Array>;

/** Questions of this plugin and answers to those of others. */
export class Requests {
  readonly #process: SimProcess;
  readonly #handlers = new Map<string, Handler>();
  readonly #open = new Map<number, OpenRequest>();
  #nextId = 1;

  constructor(process: SimProcess) {
    this.#process = process;
  }

  serve<Q, R>(
    channel: RequestChannel<Q, R>,
    answer: (question: Q, from: Peer) => Promise<R> | R,
  ): void {
    if (this.#handlers.has(channel.name)) {
      throw linkErrors.MISUSE({ why: `channel ${channel.name} is served already` });
    }
    this.#handlers.set(channel.name, async (question, from) => {
      const result = await answer(channel.question.decode(question), from);
      const bytes = channel.answer.encode(result).slice();
      checkSize(`the answer on ${channel.name}`, bytes);
      return bytes;
    });
  }

  ask<Q, R>(
    channel: RequestChannel<Q, R>,
    peer: PeerLink,
    question: Q,
    options: RequestOptions = {},
  ): Promise<R> {
    const bytes = channel.question.encode(question).slice();
    checkSize(`the question on ${channel.name}`, bytes);
    this.#checkRoom(peer);
    return this.#process
      .promise<Uint8Array>((resolve, reject) => {
        const timeoutMs = options.timeoutMs ?? DEFAULT_REQUEST_TIMEOUT_MS;
        const id = this.#nextId;
        this.#nextId += 1;
        const timer = this.#process.schedule(timeoutMs, 'timer', () => this.#late(id, timeoutMs));
        const message = { kind: 'request', id, channel: channel.name, question: bytes } as const;
        const sent = peer.send(message);
        this.#open.set(id, { peer, message, timer, answered: resolve, failed: reject, sent });
      })
      .then((answer) => channel.answer.decode(answer));
  }

  onAnswer(message: AcceptorMessage): void {
    if (message.kind === 'answer') this.#end(message.id)?.answered(message.answer);
    if (message.kind === 'failure') this.#end(message.id)?.failed(errorFromShape(message.error));
  }

  onQuestion(message: RequestMessage, session: Session): void {
    const { id, channel } = message;
    const fail = (error: unknown) => {
      if (!this.#process.alive) return;
      const coded = isFtError(error) ? error : this.#peerFailed(channel, error);
      session.reply({ kind: 'failure', id, error: coded.toJSON() });
    };
    const handler = this.#handlers.get(channel);
    if (handler === undefined) {
      const { host, plugin } = this.#process;
      fail(linkErrors.NOT_SERVED({ host, plugin, channel }));
      return;
    }
    handler(message.question, session.from).then((answer) => {
      if (this.#process.alive) session.reply({ kind: 'answer', id, answer });
    }, fail);
  }

  /** A link has come up: what waited for it goes out. Or down: what was asked there has no answer. */
  onPeer(peer: PeerLink): void {
    for (const [id, request] of [...this.#open]) {
      if (request.peer !== peer) continue;
      if (peer.up && !request.sent) request.sent = peer.send(request.message);
      else if (!peer.up && request.sent) this.#end(id)?.failed(down(peer));
    }
  }

  stop(): void {
    for (const [id, request] of [...this.#open]) this.#end(id)?.failed(down(request.peer));
  }

  #end(id: number): OpenRequest | undefined {
    const request = this.#open.get(id);
    this.#open.delete(id);
    request?.timer.cancel();
    return request;
  }

  #late(id: number, ms: number): void {
    const request = this.#end(id);
    if (request === undefined) return;
    const { peer, message } = request;
    const { host, plugin } = peer;
    const timeout = () => linkErrors.TIMEOUT({ host, plugin, channel: message.channel, ms });
    request.failed(request.sent ? timeout() : down(peer));
  }

  /** @throws FtError FT_LINK_BUSY */
  #checkRoom(peer: PeerLink): void {
    const limit = DEFAULT_LINK_LIMITS.requestsInFlight;
    const open = [...this.#open.values()].filter((request) => request.peer === peer);
    if (open.length < limit) return;
    const { host, plugin } = peer;
    throw linkErrors.BUSY({ host, plugin, what: `${limit} questions wait for their answer` });
  }

  #peerFailed(channel: string, error: unknown) {
    const { host, plugin } = this.#process;
    const why = error instanceof Error ? error.message : String(error);
    return linkErrors.PEER_FAILED({ host, plugin, channel, why });
  }
}

function down(peer: PeerLink) {
  return linkErrors.DOWN({ host: peer.host, plugin: peer.plugin, why: peer.reason });
}

/** @throws FtError FT_LINK_TOO_LARGE */
function checkSize(what: string, bytes: Uint8Array): void {
  const limit = DEFAULT_LINK_LIMITS.requestBytes;
  if (bytes.length > limit) throw linkErrors.TOO_LARGE({ what, bytes: bytes.length, limit });
}
