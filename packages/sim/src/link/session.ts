import type { SimProcess } from '../process.ts';
import { Heartbeat } from './heartbeat.ts';
import type { LinkSettings } from './limits.ts';
import type { WireEnd } from './wire.ts';
import type { AcceptorMessage, Introduction, WireMessage } from './wire-messages.ts';

export interface SessionOptions {
  readonly process: SimProcess;
  readonly settings: LinkSettings;
  readonly self: Introduction;
  /** Who dialed. */
  readonly from: Introduction;
  readonly onMessage: (message: WireMessage, session: Session) => void;
  readonly onEnded: (session: Session) => void;
}

/** A connection that a peer has dialed: it asks, ships and beats, we answer on the same connection. */
export class Session {
  readonly from: Introduction;
  /** What receivers keep of the openings on this connection. */
  readonly openings = new Map<number, Opening>();
  readonly #end: WireEnd;
  readonly #heartbeat: Heartbeat;
  readonly #onEnded: (session: Session) => void;

  constructor(end: WireEnd, options: SessionOptions) {
    const { process, settings, self, from, onMessage, onEnded } = options;
    this.from = from;
    this.#end = end;
    this.#onEnded = onEnded;
    this.#heartbeat = new Heartbeat({
      process,
      settings,
      isReceiving: () => end.isReceiving,
      dead: (why) => this.end(why),
    });
    end.listen({
      onMessage: (message) => {
        this.#heartbeat.heard();
        if (message.kind === 'ping') end.send({ kind: 'pong', id: message.id });
        else onMessage(message, this);
      },
      onClosed: () => this.#ended(),
    });
    end.send({ kind: 'welcome', from: self });
  }

  /** Goes nowhere once the connection has ended. */
  reply(message: AcceptorMessage): void {
    this.#end.send(message);
  }

  end(why: string): void {
    this.#end.destroy(why);
    this.#ended();
  }

  #ended(): void {
    this.#heartbeat.stop();
    this.#onEnded(this);
  }
}

/** One opening of a stream on one connection. */
export interface Opening {
  readonly channel: string;
  readonly log: string;
  /** Nothing of this opening has been applied yet. */
  first: boolean;
  /** A batch could not be applied: nothing more is taken. */
  refused: boolean;
}
