import type { SimProcess } from '../process.ts';
import type { SimNetwork } from './network.ts';
import type { Passage } from './paths.ts';
import { type WireMessage, wireBytes } from './wire-messages.ts';

/** Who gets what arrives at one end. */
export interface WireListener {
  onMessage(message: WireMessage): void;
  /** The connection is gone, by the peer or the network. Not called after one's own `close`. */
  onClosed(why: string): void;
}

type Content = { readonly message: WireMessage } | { readonly closed: string };

/** Numbered as sent; 0: a reset, which waits for nothing that was sent before. */
type Packet = Content & { readonly number: number };

/** Packets that an end holds while nothing gets through, or until an earlier one is there, before it gives the connection up. */
const MAX_HELD = 100_000;

/**
 * One end of a connection. Like TCP it delivers all in order or breaks: a lost
 * packet is one that comes late. While the path is cut in silence packets are
 * held, and go out when it heals.
 */
export class WireEnd {
  readonly process: SimProcess;
  readonly #network: SimNetwork;
  #listener: WireListener | undefined;
  #other: WireEnd | undefined;
  #open = true;
  #lastArrival = 0;
  #lastBeatArrival = 0;
  #held: Packet[] = [];
  #sent = 0;
  /** Number of the next packet to be taken from the other end. */
  #expected = 1;
  /** What came before its time, by number: an earlier packet was held on its way. */
  readonly #early = new Map<number, Content>();
  /** What is on its way into a narrow path. */
  #passages: Passage[] = [];
  #stalled = false;
  #vanished = false;

  constructor(network: SimNetwork, process: SimProcess, listener?: WireListener) {
    this.#network = network;
    this.process = process;
    this.#listener = listener;
  }

  /** Joins two ends into a connection. */
  static join(one: WireEnd, other: WireEnd): void {
    one.#other = other;
    other.#other = one;
  }

  get open(): boolean {
    return this.#open;
  }

  get otherHost(): string {
    return this.#other?.process.host ?? '';
  }

  listen(listener: WireListener): void {
    this.#listener = listener;
  }

  send(message: WireMessage): void {
    if (this.#open) this.#transmit(this.#numbered({ message }));
  }

  /** Unreliable: may be lost, doubled or overtaken, and is never held. False when it was dropped at once. */
  sendBeat(message: WireMessage): boolean {
    const other = this.#other;
    if (!this.#open || other === undefined) return false;
    const [from, to] = [this.process.host, other.process.host];
    for (const delayMs of this.#network.beatDelays(from, to, wireBytes(message))) {
      const now = this.#network.scheduler.now;
      const overtakes = this.#network.reorders(from, to);
      const at = overtakes ? now + delayMs : Math.max(this.#lastBeatArrival + 0.001, now + delayMs);
      this.#lastBeatArrival = Math.max(at, this.#lastBeatArrival);
      this.#network.scheduler.at(at, `net:${to}`, () => {
        const blocked = this.#network.blocked(from, to) !== undefined || this.#stalled;
        if (!blocked && this.#open) other.#deliver(message);
      });
    }
    return true;
  }

  /** Ends the connection after what was sent before. */
  close(why: string): void {
    if (!this.#open) return;
    this.#open = false;
    this.#transmit(this.#numbered({ closed: why }));
  }

  /** Ends the connection at once; what has not got through is dropped. */
  destroy(why: string): void {
    if (!this.#open) return;
    this.#held = [];
    this.#open = false;
    this.#transmit({ closed: why, number: 0 });
  }

  /** The network ends the connection: both sides are told. */
  break(why: string): void {
    this.#held = [];
    this.#closedByOther(why);
  }

  /** The machine has lost its power: nothing is sent any more, and nobody is told. */
  vanish(): void {
    this.#open = false;
    this.#vanished = true;
    this.#held = [];
    this.#network.forget(this);
  }

  /** Nothing of this connection gets through any more, in either direction, until `healed`. */
  stall(): void {
    this.#stalled = true;
  }

  /** It gets through again, whatever kept it. */
  healed(): void {
    this.#stalled = false;
    this.resume();
  }

  /**
   * True while bytes of a message come in that is not whole yet: through a
   * narrow path a large one takes long, and the connection is alive all the same.
   */
  get isReceiving(): boolean {
    const other = this.#other;
    if (other === undefined || other.#blocked(this)) return false;
    return other.#passages.some(({ endsAt }) => endsAt > this.#network.scheduler.now);
  }

  /** It has ended, and takes no room in the path any more. */
  release(): void {
    if (this.#passages.length === 0) return;
    const passages = this.#passages;
    this.#passages = [];
    this.#network.release(this.process.host, this.otherHost, passages);
  }

  /** The path is whole again: what was held goes out, unless the connection itself stands still. */
  resume(): void {
    const held = this.#held;
    this.#held = [];
    for (const packet of held) this.#transmit(packet);
  }

  #numbered(content: Content): Packet {
    this.#sent += 1;
    return { ...content, number: this.#sent };
  }

  #transmit(packet: Packet): void {
    const other = this.#other;
    if (other === undefined) {
      if (!this.#open) this.#network.forget(this);
      return;
    }
    const [from, to] = [this.process.host, other.process.host];
    if (this.#blocked(other)) {
      this.#hold(packet);
      return;
    }
    const { scheduler } = this.#network;
    const bytes = 'message' in packet ? wireBytes(packet.message) : undefined;
    const passage = this.#network.pass(from, to, bytes);
    const arrival = scheduler.now + passage.arrivesInMs;
    this.#keep(passage);
    this.#lastArrival = Math.max(this.#lastArrival + 0.001, arrival);
    scheduler.at(this.#lastArrival, `net:${to}`, () => this.#arrive(packet, other));
  }

  #arrive(packet: Packet, other: WireEnd): void {
    if (this.#blocked(other)) {
      this.#hold(packet);
      return;
    }
    if (other.#vanished) {
      this.#strayed(other);
      return;
    }
    if (packet.number === 0) {
      other.#take(packet);
      return;
    }
    if (other.#early.size >= MAX_HELD) {
      this.break('too much waits for the peer');
      return;
    }
    other.#early.set(packet.number, packet);
    other.#takeInOrder();
  }

  #takeInOrder(): void {
    for (;;) {
      const next = this.#early.get(this.#expected);
      if (next === undefined) return;
      this.#early.delete(this.#expected);
      this.#expected += 1;
      this.#take(next);
    }
  }

  #take(content: Content): void {
    if ('message' in content) {
      this.#deliver(content.message);
      return;
    }
    if (this.#other !== undefined) this.#network.forget(this.#other);
    this.#closedByOther(content.closed);
  }

  #keep(passage: Passage): void {
    const { now } = this.#network.scheduler;
    if (passage.endsAt <= now) return;
    this.#passages = this.#passages.filter(({ endsAt }) => endsAt > now);
    this.#passages.push(passage);
  }

  #blocked(other: WireEnd): boolean {
    return (
      this.#stalled || this.#network.blocked(this.process.host, other.process.host) === 'silent'
    );
  }

  /**
   * Its other end went with the power of its machine. Nobody answers, until the
   * machine is back: its kernel then does not know the connection, and resets it.
   */
  #strayed(other: WireEnd): void {
    const [there, here] = [other.process.host, this.process.host];
    if (!this.#network.powered(there)) return;
    const { scheduler } = this.#network;
    scheduler.after(this.#network.packetDelay(there, here), `net:${here}`, () => {
      const lost = this.#network.blocked(there, here) === 'silent';
      if (!lost) this.break(`${there} does not know this connection any more`);
    });
  }

  #hold(packet: Packet): void {
    if (this.#held.length < MAX_HELD) this.#held.push(packet);
    else this.break('too much waits for the peer');
  }

  #deliver(message: WireMessage): void {
    if (!this.#open) return;
    this.process.enter('delivery', () => {
      if (this.#open) this.#listener?.onMessage(message);
    });
  }

  #closedByOther(why: string): void {
    if (!this.#open) return;
    // The process finds out after it has read what arrived before.
    this.process.enter('delivery', () => {
      if (!this.#open) return;
      this.#open = false;
      this.#network.forget(this);
      this.#listener?.onClosed(why);
    });
  }
}
