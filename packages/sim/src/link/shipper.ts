import {
  describeError,
  type Log,
  type Seq,
  type Shipment,
  type ShipmentStatus,
  type Store,
  type StreamChannel,
} from '@ftctl/sdk';
import type { SimProcess } from '../process.ts';
import type { SeededRandom } from '../random.ts';
import {
  backOffMs,
  type LinkSettings,
  MAX_BATCH_BYTES,
  MAX_BATCH_RECORDS,
  MAX_BATCHES_IN_FLIGHT,
} from './limits.ts';
import type { PeerLink } from './peer-link.ts';
import type { StreamReply } from './wire-messages.ts';

export interface ShipperOptions<T> {
  readonly process: SimProcess;
  readonly random: SeededRandom;
  readonly settings: LinkSettings;
  readonly store: Store;
  readonly channel: StreamChannel<T>;
  readonly log: Log<T>;
  readonly peer: PeerLink;
  readonly cursor: string;
  /** A number for the next opening of a stream, unique on this link. */
  readonly nextOpening: () => number;
  readonly onStop: () => void;
}

/**
 * Ships one log to one peer. On each new connection it asks the peer where it
 * stands and goes on from there, so that what was sent and never acknowledged
 * is sent again, and what arrived is not.
 */
export class Shipper<T> implements Shipment {
  readonly #options: ShipperOptions<T>;
  readonly #listeners: ((upTo: Seq) => void)[] = [];
  readonly #stopListening: () => void;
  #phase: 'idle' | 'opening' | 'open' | 'stopped' = 'idle';
  #opening = 0;
  /** Everything up to it has been sent in this opening. */
  #sent: Seq = 0;
  #inFlight: Seq[] = [];
  #delivered: Seq;
  #refused: string | undefined;
  #failures = 0;
  #movingCursor = false;

  constructor(options: ShipperOptions<T>) {
    this.#options = options;
    this.#delivered = options.log.position(options.cursor) ?? 0;
    this.#stopListening = options.log.onAppend(() => this.#pump());
    if (options.log.position(options.cursor) === undefined) this.#createCursor();
    else this.#open();
  }

  get channel(): string {
    return this.#options.channel.name;
  }

  get log(): string {
    return this.#options.log.name;
  }

  get peer(): PeerLink {
    return this.#options.peer;
  }

  status(): ShipmentStatus {
    const { peer, log } = this.#options;
    const { first, last } = log.bounds();
    return {
      to: { host: peer.host, plugin: peer.plugin },
      stream: this.channel,
      up: peer.up,
      delivered: this.#delivered,
      lag: Math.max(0, last - Math.max(this.#delivered, first - 1)),
      ...(this.#refused === undefined ? {} : { refused: this.#refused }),
    };
  }

  onDelivered(listener: (upTo: Seq) => void): void {
    this.#listeners.push(listener);
  }

  stop(): void {
    this.#phase = 'stopped';
    this.#stopListening();
    this.#options.onStop();
  }

  /** The link has come up or gone down. */
  onPeer(): void {
    if (this.#phase === 'stopped') return;
    this.#phase = 'idle';
    this.#open();
  }

  onReply(message: StreamReply): void {
    if (this.#phase === 'stopped' || message.opening !== this.#opening) return;
    if (message.kind === 'resume') this.#resume(message.position);
    else if (message.kind === 'delivered') this.#acknowledged(message.upTo);
    else this.#wasRefused(message.why);
  }

  /** A new cursor begins at the oldest record, so that nothing is left out. */
  #createCursor(): void {
    const { store, log, cursor } = this.#options;
    const created = store.commit((tx) => {
      if (tx.position(log, cursor) === undefined) {
        tx.moveCursor(log, cursor, tx.bounds(log).first - 1);
      }
    });
    created.then(
      () => this.#open(),
      () => this.#later(() => this.#createCursor()),
    );
  }

  #open(): void {
    const { peer, log, cursor, nextOpening } = this.#options;
    if (this.#phase !== 'idle' || !peer.up) return;
    if (log.position(cursor) === undefined) {
      // It was dropped by a commit that was on its way when this shipment began.
      this.#createCursor();
      return;
    }
    this.#phase = 'opening';
    this.#opening = nextOpening();
    this.#inFlight = [];
    peer.send({ kind: 'open', opening: this.#opening, channel: this.channel, log: this.log });
  }

  #resume(position: Seq | undefined): void {
    const { log, cursor } = this.#options;
    const { last } = log.bounds();
    if (position !== undefined && position > last) {
      // Going on would make the peer drop new records as duplicates.
      this.#wasRefused(`the peer has records up to ${position}, this log ends at ${last}`);
      return;
    }
    this.#sent = position ?? log.position(cursor) ?? 0;
    this.#phase = 'open';
    if (this.#sent >= last) this.#refused = undefined;
    if (position !== undefined) this.#hasOnDisk(position);
    this.#pump();
  }

  #pump(): void {
    const { peer, process } = this.#options;
    if (!process.alive) return;
    while (this.#phase === 'open' && this.#inFlight.length < MAX_BATCHES_IN_FLIGHT) {
      const entries = this.#read();
      const last = entries?.at(-1)?.seq;
      if (entries === undefined || last === undefined) return;
      peer.send({ kind: 'batch', opening: this.#opening, after: this.#sent, entries });
      this.#sent = last;
      this.#inFlight.push(last);
    }
  }

  /** Undefined when the log cannot be read; tried again later. */
  #read() {
    try {
      const limits = { maxRecords: MAX_BATCH_RECORDS, maxBytes: MAX_BATCH_BYTES };
      return this.#options.log.readEncoded(this.#sent, limits);
    } catch (error) {
      this.#wasRefused(describeError(error));
      return undefined;
    }
  }

  #acknowledged(upTo: Seq): void {
    this.#refused = undefined;
    this.#failures = 0;
    this.#inFlight = this.#inFlight.filter((last) => last > upTo);
    this.#hasOnDisk(upTo);
    this.#pump();
  }

  #hasOnDisk(upTo: Seq): void {
    if (upTo <= this.#delivered) return;
    this.#delivered = upTo;
    this.#moveCursor();
    for (const listener of [...this.#listeners]) listener(upTo);
  }

  /** One move at a time; the next goes as far as has been delivered by then. */
  #moveCursor(): void {
    const { store, log, cursor } = this.#options;
    if (this.#movingCursor) return;
    this.#movingCursor = true;
    const upTo = this.#delivered;
    const moved = store.commit((tx) => {
      tx.moveCursor(log, cursor, Math.min(upTo, tx.bounds(log).last));
    });
    moved.then(
      () => {
        this.#movingCursor = false;
        if (this.#delivered > upTo) this.#moveCursor();
      },
      () => {
        this.#movingCursor = false;
        this.#later(() => this.#moveCursor());
      },
    );
  }

  #wasRefused(why: string): void {
    this.#refused = why;
    this.#phase = 'idle';
    // Nothing of this opening is awaited any more.
    this.#opening = 0;
    this.#later(() => this.#open());
  }

  #later(again: () => void): void {
    const { process, random, settings } = this.#options;
    this.#failures += 1;
    const delayMs = backOffMs(settings.retry, this.#failures, random.float());
    process.schedule(delayMs, 'timer', () => {
      if (this.#phase !== 'stopped') again();
    });
  }
}
