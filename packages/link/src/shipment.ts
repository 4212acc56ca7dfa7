import {
  describeError,
  errorFromShape,
  type Log,
  type LogEntry,
  linkErrors,
  type Seq,
  type Shipment,
  type ShipmentStatus,
  type Timer,
} from '@ftctl/sdk';
import type { Connection } from './connection.ts';
import { guarded, type LinkContext, track } from './context.ts';
import { backOffMs } from './core/back-off.ts';
import type { ControlFrame, StreamAccepted } from './core/control-frames.ts';
import { CURSOR_PAUSE_MS, MAX_RECORD_BYTES } from './core/limits.ts';
import {
  hasRoom,
  nextRead,
  type SenderEffect,
  type SenderInput,
  senderStep,
  startSender,
} from './core/stream-sender.ts';

export interface ShipmentRoute {
  readonly to: { readonly host: string; readonly plugin: string };
  readonly channel: string;
  /** The log as bytes: what it holds is shipped as it is encoded. */
  readonly log: Log<unknown>;
  readonly cursor: string;
}

/** What a shipment needs of the link that it runs on. */
export interface ShipmentLink {
  /** A number that no earlier opening on this link had. */
  nextStream(): number;
  /** There is something to send: call `sendNext` of the shipments while the socket has room. */
  pump(): void;
  stopped(shipment: RunningShipment): void;
}

/** Ships one log to one peer: does what the stream sender decides. */
export class RunningShipment implements Shipment {
  readonly route: ShipmentRoute;
  readonly #context: LinkContext;
  readonly #link: ShipmentLink;
  readonly #listeners = new Set<(upTo: Seq) => void>();
  readonly #stopListening: () => void;
  #state = startSender(0);
  #connection: Connection | undefined;
  #retrying: Timer | undefined;
  /** Runs while the cursor rests: after a move, or after one that failed. */
  #cursorTimer: Timer | undefined;
  #cursorFailures = 0;
  #cursorMoving = false;
  /** Where the cursor stands on disk, as far as this shipment has moved it; -1: nowhere yet. */
  #cursorAt: Seq = -1;

  constructor(context: LinkContext, link: ShipmentLink, route: ShipmentRoute) {
    this.#context = context;
    this.#link = link;
    this.route = route;
    this.#state = startSender(this.#cursor());
    this.#moveCursor();
    this.#stopListening = route.log.onAppend(() => this.#link.pump());
  }

  get stream(): number {
    return this.#state.stream;
  }

  status(): ShipmentStatus {
    const { log, to, channel } = this.route;
    const { first, last } = log.bounds();
    const refused = this.#state.refused?.why;
    return {
      to,
      stream: channel,
      up: this.#connection !== undefined,
      delivered: this.#state.delivered,
      lag: Math.max(0, last - Math.max(this.#state.delivered, first - 1)),
      ...(refused === undefined ? {} : { refused }),
    };
  }

  onDelivered(listener: (upTo: Seq) => void): void {
    this.#listeners.add(listener);
  }

  stop(): void {
    this.#step({ kind: 'stop' });
    this.#stopListening();
    this.#retrying?.cancel();
    this.#cursorTimer?.cancel();
    this.#cursorTimer = undefined;
    this.#moveCursor();
    this.#link.stopped(this);
  }

  up(connection: Connection): void {
    this.#connection = connection;
    this.#step({ kind: 'link-up', stream: this.#link.nextStream() });
  }

  down(): void {
    this.#connection = undefined;
    this.#retrying?.cancel();
    this.#step({ kind: 'link-down' });
  }

  control(frame: ControlFrame & { readonly stream: number }): void {
    switch (frame.type) {
      case 'accepted':
        this.#trying(() => this.#begin(frame));
        break;
      case 'ack':
        this.#step({ kind: 'acknowledged', stream: frame.stream, upTo: frame.upTo });
        break;
      case 'refused':
        this.#refuse(describeError(errorFromShape(frame.error)));
        break;
    }
  }

  /** Sends one batch if there is one and the window has room. False when not. */
  sendNext(): boolean {
    const read = nextRead(this.#state);
    if (read === undefined || this.#connection === undefined) return false;
    let sent = false;
    this.#trying(() => {
      sent = this.#sendBatch(read.after, this.route.log.readEncoded(read.after, read));
    });
    return sent;
  }

  /** Where the log cannot be read the stream pauses as after a refusal, and says so. */
  #trying(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#connection?.send({ type: 'close', stream: this.#state.stream });
      this.#refuse(describeError(error));
    }
  }

  #begin(frame: StreamAccepted): void {
    const { stream, position, windowBytes } = frame;
    const { last } = this.route.log.bounds();
    const cursor = this.#cursor();
    const chance = this.#context.random.float();
    this.#step({ kind: 'accepted', stream, position, windowBytes, cursor, last, chance });
  }

  #sendBatch(prev: Seq, entries: readonly LogEntry<Uint8Array>[]): boolean {
    const [head] = entries;
    if (head === undefined || this.#connection === undefined) return false;
    let bytes = 0;
    const records: Uint8Array[] = [];
    for (const entry of entries) {
      const size = entry.value.byteLength;
      if (size > MAX_RECORD_BYTES) {
        const what = `record ${entry.seq} of ${this.route.log.name}`;
        throw linkErrors.TOO_LARGE({ what, bytes: size, limit: MAX_RECORD_BYTES });
      }
      bytes += size;
      records.push(entry.value);
    }
    if (!hasRoom(this.#state, bytes)) return false;
    const { stream } = this.#state;
    this.#connection.sendBulk({ kind: 'batch', stream, prev, first: head.seq, records });
    this.#step({ kind: 'sent', upTo: head.seq + records.length - 1, bytes });
    return true;
  }

  #refuse(why: string): void {
    const { stream } = this.#state;
    this.#step({ kind: 'refused', stream, why, chance: this.#context.random.float() });
  }

  #step(input: SenderInput): void {
    const step = senderStep(this.#context.timing.retry, this.#state, input);
    this.#state = step.state;
    for (const effect of step.effects) this.#perform(effect);
  }

  #perform(effect: SenderEffect): void {
    switch (effect.kind) {
      case 'open': {
        const { channel, log } = this.route;
        this.#connection?.send({ type: 'open', stream: effect.stream, channel, log: log.name });
        break;
      }
      case 'close':
        this.#connection?.send({ type: 'close', stream: effect.stream });
        break;
      case 'retry-after':
        this.#retrying = this.#context.clock.setTimer(effect.delayMs, () =>
          this.#step({ kind: 'retry', stream: this.#link.nextStream() }),
        );
        break;
      case 'delivered':
        this.#moveCursor();
        for (const listener of this.#listeners) {
          guarded(this.#context, 'an onDelivered listener', () => listener(effect.upTo));
        }
        break;
      case 'pump':
        this.#link.pump();
        break;
      case 'violation':
        this.#connection?.offend(effect.why);
        break;
    }
  }

  #cursor(): Seq {
    const { log, cursor } = this.route;
    return log.position(cursor) ?? log.bounds().first - 1;
  }

  /**
   * Creates the cursor, or moves it to what is delivered. One commit at a time,
   * and a pause after each: acknowledgements that come meanwhile share the next
   * one, so that their flushes do not stand in the way of what is to be sent.
   */
  #moveCursor(): void {
    if (this.#cursorMoving || this.#cursorTimer !== undefined) return;
    const target = this.#state.delivered;
    if (this.#cursorAt >= target) return;
    this.#cursorMoving = true;
    const { log, cursor } = this.route;
    const commit = this.#context.store.commit((tx) => {
      const present = tx.position(log, cursor) ?? tx.bounds(log).first - 1;
      tx.moveCursor(log, cursor, Math.max(present, target));
    });
    track(this.#context, commit).then(
      () => {
        this.#cursorMoving = false;
        this.#cursorFailures = 0;
        this.#cursorAt = target;
        if (this.#state.phase !== 'stopped') this.#moveCursorAfter(CURSOR_PAUSE_MS);
      },
      (error: unknown) => {
        this.#cursorMoving = false;
        this.#cursorFailed(error);
      },
    );
  }

  #cursorFailed(error: unknown): void {
    const { log, random, timing } = this.#context;
    log.warn(`cursor ${this.route.cursor} could not be moved: ${describeError(error)}`);
    if (this.#state.phase === 'stopped') return;
    this.#cursorFailures += 1;
    this.#moveCursorAfter(backOffMs(timing.retry, this.#cursorFailures, random.float()));
  }

  #moveCursorAfter(delayMs: number): void {
    this.#cursorTimer = this.#context.clock.setTimer(delayMs, () => {
      this.#cursorTimer = undefined;
      this.#moveCursor();
    });
  }
}
