import type { LogEntry, StreamBatch, StreamChannel, Transaction } from '@ftctl/sdk';
import type { Connection } from './connection.ts';
import { guarded, type LinkContext, track } from './context.ts';
import { type BatchFrame, recordBytes } from './core/bulk-frames.ts';
import { STREAM_WINDOW_BYTES } from './core/limits.ts';
import {
  admitBatch,
  type ReceiverEffect,
  type ReceiverInput,
  type ReceiverState,
  receiverStep,
  startReceiver,
} from './core/stream-receiver.ts';
import { shapeFor } from './errors-as-shapes.ts';
import type { Positions, StreamSource } from './positions.ts';

/** A stream's receiver, with its records as bytes. */
export interface StreamTaker {
  decode(record: Uint8Array): unknown;
  apply(tx: Transaction, batch: StreamBatch<unknown>): void;
  /** The commit of `apply` is on disk. */
  applied(batch: StreamBatch<unknown>): void;
}

export function takeWith<T>(
  channel: StreamChannel<T>,
  apply: (tx: Transaction, batch: StreamBatch<T>) => void,
  then: ((batch: StreamBatch<T>) => void) | undefined,
): StreamTaker {
  // Every record is decoded by this channel's own codec, so T is what it holds.
  return {
    decode: (record) => channel.codec.decode(record),
    apply: (tx, batch) => apply(tx, batch as StreamBatch<T>),
    applied: (batch) => then?.(batch as StreamBatch<T>),
  };
}

/** One opening of a stream, on the receiving side: does what the stream receiver decides. */
export class IncomingStream {
  readonly #context: LinkContext;
  readonly #connection: Connection;
  readonly #stream: number;
  readonly #source: StreamSource;
  readonly #positions: Positions;
  readonly #taker: StreamTaker;
  readonly #over: () => void;
  #state: ReceiverState;
  /** No batch has come yet. */
  #fresh = true;
  #ackDue: number | undefined;

  constructor(
    context: LinkContext,
    connection: Connection,
    stream: number,
    source: StreamSource,
    positions: Positions,
    taker: StreamTaker,
    /** Called when the stream is refused: what still comes is to be dropped. */
    over: () => void,
  ) {
    this.#context = context;
    this.#connection = connection;
    this.#stream = stream;
    this.#source = source;
    this.#positions = positions;
    this.#taker = taker;
    this.#over = over;
    const stored = positions.stored(source);
    const position = stored?.incarnation === source.from.incarnation ? stored.seq : undefined;
    this.#state = startReceiver(position, STREAM_WINDOW_BYTES);
    connection.send({
      type: 'accepted',
      stream,
      windowBytes: STREAM_WINDOW_BYTES,
      ...(position === undefined ? {} : { position }),
    });
  }

  batch(frame: BatchFrame): void {
    const upTo = frame.first + frame.records.length - 1;
    const bytes = recordBytes(frame.records);
    this.#step({ kind: 'batch', prev: frame.prev, upTo, bytes }, frame);
  }

  #step(input: ReceiverInput, frame?: BatchFrame): void {
    const step = receiverStep(this.#state, input);
    this.#state = step.state;
    for (const effect of step.effects) this.#perform(effect, frame);
  }

  #perform(effect: ReceiverEffect, frame: BatchFrame | undefined): void {
    switch (effect.kind) {
      case 'apply':
        if (frame !== undefined) this.#apply(frame);
        break;
      case 'acknowledge':
        this.#acknowledge(effect.upTo);
        break;
      case 'refuse':
        this.#connection.send({ type: 'refused', stream: this.#stream, error: effect.error });
        this.#over();
        break;
      case 'violation':
        this.#connection.offend(effect.why);
        break;
    }
  }

  #apply(frame: BatchFrame): void {
    const firstOfOpening = this.#fresh;
    this.#fresh = false;
    const commit = this.#context.store.commit((tx) => this.#applyIn(tx, frame, firstOfOpening));
    track(this.#context, commit).then(
      (batch) => {
        this.#step({ kind: 'committed' });
        if (batch !== undefined) this.#tellApplied(batch);
      },
      (error: unknown) => {
        const shape = shapeFor(error, this.#context.self, this.#source.channel);
        if (this.#state.phase === 'open') {
          const { from, channel } = this.#source;
          const what = `batch of ${from.host}/${from.plugin} on ${channel}`;
          this.#context.log.warn(`${what} not applied: ${shape.message}`, { code: shape.code });
        }
        this.#step({ kind: 'failed', error: shape });
      },
    );
  }

  /** Inside the commit: applies what is new of the batch, together with the position. */
  #applyIn(
    tx: Transaction,
    frame: BatchFrame,
    firstOfOpening: boolean,
  ): StreamBatch<unknown> | undefined {
    const source = this.#source;
    const { prev, first, records } = frame;
    const count = records.length;
    const stored = this.#positions.get(tx, source);
    const range = { prev, first, count };
    const admitted = admitBatch(stored, source.from.incarnation, range, firstOfOpening);
    if (admitted.kind === 'duplicate') return undefined;
    if (admitted.kind === 'out-of-order') throw new Error('an earlier batch was not applied');
    const entries: LogEntry<unknown>[] = [];
    for (let at = count - admitted.take; at < count; at += 1) {
      const record = records[at];
      if (record !== undefined) {
        entries.push({ seq: first + at, value: this.#taker.decode(record) });
      }
    }
    const batch = { from: source.from, entries, gap: admitted.gap };
    this.#taker.apply(tx, batch);
    this.#positions.set(tx, source, first + count - 1);
    return batch;
  }

  #tellApplied(batch: StreamBatch<unknown>): void {
    const what = `\`then\` of stream ${this.#source.channel}`;
    guarded(this.#context, what, () => this.#taker.applied(batch));
  }

  /** Commits that shared a flush are acknowledged by one frame. */
  #acknowledge(upTo: number): void {
    const scheduled = this.#ackDue !== undefined;
    this.#ackDue = upTo;
    if (scheduled) return;
    queueMicrotask(() => {
      const due = this.#ackDue;
      this.#ackDue = undefined;
      if (due !== undefined)
        this.#connection.send({ type: 'ack', stream: this.#stream, upTo: due });
    });
  }
}
