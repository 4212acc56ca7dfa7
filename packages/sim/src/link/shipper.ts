import {
  describeError,
  type Log,
  linkErrors,
  type Seq,
  type Shipment,
  type ShipmentStatus,
  type Store,
  type StreamChannel,
} from '@ftctl/sdk';
import type { SimProcess } from '../process.ts';
import {
  type LinkSettings,
  MAX_BATCH_BYTES,
  MAX_BATCH_RECORDS,
  MAX_BATCHES_IN_FLIGHT,
} from './limits.ts';
import type { PeerLink } from './peer-link.ts';
import type { StreamMessage } from './wire-messages.ts';

export interface ShipperOptions<T> {
  readonly process: SimProcess;
  readonly settings: LinkSettings;
  readonly store: Store;
  readonly channel: StreamChannel<T>;
  readonly log: Log<T>;
  readonly peer: PeerLink;
  readonly cursor: string;
  readonly onStop: () => void;
}

/**
 * Ships one log to one peer. On each new link it asks the peer where it stands
 * and goes on from there, so that what was sent and never acknowledged is sent
 * again, and what arrived is not.
 */
export class Shipper<T> implements Shipment {
  readonly #options: ShipperOptions<T>;
  readonly #listeners: ((upTo: Seq) => void)[] = [];
  readonly #stopListening: () => void;
  #stopped = false;
  /** Agreed with the peer where to go on. */
  #opened = false;
  /** Everything up to it has been sent on this link. */
  #sent: Seq = 0;
  #inFlight: Seq[] = [];
  #delivered: Seq;
  #refused: string | undefined;
  #movingCursor = false;

  constructor(options: ShipperOptions<T>) {
    this.#options = options;
    this.#delivered = options.log.position(options.cursor) ?? 0;
    this.#stopListening = options.log.onAppend(() => this.#pump());
    if (options.log.position(options.cursor) === undefined) this.#createCursor();
  }

  get stream(): string {
    return this.#options.channel.name;
  }

  get peer(): PeerLink {
    return this.#options.peer;
  }

  status(): ShipmentStatus {
    const { peer, log } = this.#options;
    const { first, last } = log.bounds();
    return {
      to: { host: peer.host, plugin: peer.plugin },
      stream: this.stream,
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
    if (this.#stopped) return;
    this.#stopped = true;
    this.#stopListening();
    this.#options.onStop();
  }

  /** The link has come up or gone down. */
  onPeer(): void {
    this.#opened = false;
    this.#open();
  }

  onMessage(message: StreamMessage): void {
    if (this.#stopped) return;
    if (message.kind === 'resume') this.#resume(message.position);
    else if (message.kind === 'delivered') this.#acknowledged(message.upTo);
    else if (message.kind === 'refused') this.#wasRefused(message.why);
  }

  /** A new cursor begins at the oldest record, so that nothing is left out. */
  #createCursor(): void {
    const { store, log, cursor, process, settings } = this.#options;
    const created = store.commit((tx) => {
      if (tx.position(log, cursor) === undefined) {
        tx.moveCursor(log, cursor, tx.bounds(log).first - 1);
      }
    });
    created.then(
      () => this.#open(),
      () => process.schedule(settings.refusedRetryMs, 'timer', () => this.#createCursor()),
    );
  }

  #open(): void {
    const { peer, log, cursor } = this.#options;
    const position = log.position(cursor);
    if (this.#stopped || !peer.up || position === undefined) return;
    this.#opened = false;
    peer.send({ kind: 'open', stream: this.stream, cursor: position });
  }

  #resume(position: Seq | undefined): void {
    const { log, cursor } = this.#options;
    const from = position ?? log.position(cursor) ?? 0;
    this.#sent = from;
    this.#inFlight = [];
    this.#opened = true;
    if (position !== undefined) this.#hasOnDisk(position);
    this.#pump();
  }

  #pump(): void {
    const { peer, log, process } = this.#options;
    if (this.#stopped || !process.alive) return;
    while (this.#opened && peer.up && this.#inFlight.length < MAX_BATCHES_IN_FLIGHT) {
      const entries = this.#read(log);
      const last = entries?.at(-1)?.seq;
      if (entries === undefined || last === undefined) return;
      peer.send({ kind: 'batch', stream: this.stream, after: this.#sent, entries });
      this.#sent = last;
      this.#inFlight.push(last);
    }
  }

  /** Undefined when the log cannot be read; tried again later. */
  #read(log: Log<T>) {
    try {
      const limits = { maxRecords: MAX_BATCH_RECORDS, maxBytes: MAX_BATCH_BYTES };
      return log.readEncoded(this.#sent, limits);
    } catch (error) {
      this.#wasRefused(describeError(error));
      return undefined;
    }
  }

  #acknowledged(upTo: Seq): void {
    if (!this.#opened) return;
    this.#refused = undefined;
    this.#inFlight = this.#inFlight.filter((last) => last > upTo);
    this.#hasOnDisk(upTo);
    this.#pump();
  }

  #hasOnDisk(upTo: Seq): void {
    if (upTo <= this.#delivered) return;
    this.#delivered = upTo;
    this.#moveCursor();
    for (const listener of this.#listeners) listener(upTo);
  }

  /** One move at a time; the next goes as far as has been delivered by then. */
  #moveCursor(): void {
    const { store, log, cursor, process, settings } = this.#options;
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
        process.schedule(settings.refusedRetryMs, 'timer', () => {
          this.#movingCursor = false;
          this.#moveCursor();
        });
      },
    );
  }

  #wasRefused(why: string): void {
    const { process, settings } = this.#options;
    this.#refused = why;
    this.#opened = false;
    process.schedule(settings.refusedRetryMs, 'timer', () => {
      if (!this.#opened) this.#open();
    });
  }
}

/** @throws FtError FT_LINK_MISUSE */
export function refuseSecondShipper(
  shippers: Iterable<{ readonly stream: string; readonly peer: PeerLink }>,
  stream: string,
  peer: PeerLink,
): void {
  for (const shipper of shippers) {
    if (shipper.stream === stream && shipper.peer === peer) {
      throw linkErrors.MISUSE({
        why: `stream ${stream} is shipped to ${peer.host}/${peer.plugin} already`,
      });
    }
  }
}
