import { linkErrors, type Peer } from '@ftctl/sdk';
import { type Answer, Answerer } from './answerer.ts';
import type { Connection } from './connection.ts';
import type { LinkContext } from './context.ts';
import type { BatchFrame, BulkFrame } from './core/bulk-frames.ts';
import type { ControlFrame, LaneName, StreamOpen } from './core/control-frames.ts';
import { MAX_LOGS_PER_STREAM, MAX_STREAMS } from './core/limits.ts';
import { shapeFor } from './errors-as-shapes.ts';
import { IncomingStream, type StreamTaker } from './incoming-stream.ts';
import type { Positions, StreamSource } from './positions.ts';

/** What this plugin has offered to its peers. */
export interface Offers {
  readonly servers: ReadonlyMap<string, Answer>;
  readonly takers: ReadonlyMap<string, StreamTaker>;
  /** Hands a beat to its listeners. */
  readonly beat: (channel: string, payload: Uint8Array, from: Peer) => void;
}

/** An accepted connection after its hello: takes what its lane may bring. */
export class IncomingLane {
  readonly #context: LinkContext;
  readonly #connection: Connection;
  readonly #lane: LaneName;
  readonly #from: Peer;
  readonly #offers: Offers;
  readonly #positions: Positions;
  readonly #answerer: Answerer;
  readonly #streams = new Map<number, IncomingStream>();
  #lastStream = 0;

  constructor(
    context: LinkContext,
    connection: Connection,
    lane: LaneName,
    from: Peer,
    offers: Offers,
    positions: Positions,
  ) {
    this.#context = context;
    this.#connection = connection;
    this.#lane = lane;
    this.#from = from;
    this.#offers = offers;
    this.#positions = positions;
    this.#answerer = new Answerer(context, connection, from, offers.servers);
  }

  control(frame: ControlFrame): void {
    if (this.#lane === 'data' && frame.type === 'open') this.#open(frame);
    else if (this.#lane === 'data' && frame.type === 'close') this.#streams.delete(frame.stream);
    else if (this.#lane === 'data' && frame.type === 'cancel') this.#answerer.cancel(frame.id);
    else this.#connection.offend(`sent ${frame.type} on the ${this.#lane} lane`);
  }

  bulk(frame: BulkFrame): void {
    if (this.#lane === 'data' && frame.kind === 'batch') this.#batch(frame);
    else if (this.#lane === 'data' && frame.kind === 'request') this.#answerer.take(frame);
    else if (this.#lane === 'beat' && frame.kind === 'beat') {
      this.#offers.beat(frame.channel, frame.payload, this.#from);
    } else this.#connection.offend(`sent ${frame.kind} on the ${this.#lane} lane`);
  }

  #open(frame: StreamOpen): void {
    const { stream, channel, log } = frame;
    if (stream <= this.#lastStream) {
      this.#connection.offend(`opened stream ${stream} after ${this.#lastStream}`);
      return;
    }
    this.#lastStream = stream;
    try {
      this.#streams.set(stream, this.#take({ from: this.#from, channel, log }, stream));
    } catch (error) {
      this.#refuse(frame, error);
    }
  }

  #take(source: StreamSource, stream: number): IncomingStream {
    const { self } = this.#context;
    const { channel } = source;
    const taker = this.#offers.takers.get(channel);
    if (taker === undefined) throw linkErrors.NOT_SERVED({ ...self, channel });
    if (this.#streams.size >= MAX_STREAMS) {
      throw linkErrors.BUSY({ ...self, what: `${MAX_STREAMS} streams` });
    }
    if (!this.#positions.hasRoom(source)) {
      throw linkErrors.BUSY({ ...self, what: `${MAX_LOGS_PER_STREAM} logs on ${channel}` });
    }
    const over = () => this.#streams.delete(stream);
    return new IncomingStream(
      this.#context,
      this.#connection,
      stream,
      source,
      this.#positions,
      taker,
      over,
    );
  }

  #refuse(frame: StreamOpen, error: unknown): void {
    const shape = shapeFor(error, this.#context.self, frame.channel);
    this.#connection.send({ type: 'refused', stream: frame.stream, error: shape });
  }

  #batch(frame: BatchFrame): void {
    const stream = this.#streams.get(frame.stream);
    if (stream !== undefined) {
      stream.batch(frame);
    } else if (frame.stream > this.#lastStream) {
      this.#connection.offend(`sent a batch of stream ${frame.stream} before opening it`);
    }
    // Otherwise it was under way when the stream was refused or closed.
  }
}
