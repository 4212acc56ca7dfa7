import { describeError, type Timer } from '@ftctl/sdk';
import type { LinkContext } from './context.ts';
import type { BulkFrame } from './core/bulk-frames.ts';
import { type ControlFrame, encodeControl, parseControl } from './core/control-frames.ts';
import { FrameError } from './core/fields.ts';
import { type HeartbeatState, heartbeatStep, startHeartbeat } from './core/heartbeat.ts';
import { MAX_REQUEST_BYTES, MAX_SEND_BUFFER_BYTES } from './core/limits.ts';
import { FrameReader, messagesOf } from './core/split-frames.ts';
import type { Transport } from './io/transport.ts';

export interface ConnectionEvents {
  opened?(): void;
  control(frame: ControlFrame): void;
  bulk(frame: BulkFrame): void;
  writable?(): void;
  /** Told once, last. */
  ended(why: string): void;
}

/**
 * One connection, of either side: frames in and out, heartbeats once it is
 * greeted, and a cut for whoever breaks the protocol.
 */
export class Connection {
  readonly #context: LinkContext;
  readonly #transport: Transport;
  readonly #events: ConnectionEvents;
  readonly #pings: boolean;
  readonly #frames = new FrameReader(MAX_REQUEST_BYTES);
  #peer: string;
  #known = false;
  #heartbeat: HeartbeatState | undefined;
  #ticking: Timer | undefined;
  #ended = false;
  #endReason: string | undefined;

  constructor(
    context: LinkContext,
    transport: Transport,
    pings: boolean,
    events: ConnectionEvents,
  ) {
    this.#peer = transport.address;
    this.#context = context;
    this.#transport = transport;
    this.#pings = pings;
    this.#events = events;
    transport.start({
      opened: () => events.opened?.(),
      text: (source) => this.#take(() => this.#control(parseControl(source))),
      bytes: (bytes) => this.#take(() => this.#bulk(bytes)),
      writable: () => events.writable?.(),
      offended: (why) => this.offend(why),
      ended: (why) => this.#end(why),
    });
  }

  /** Who is at the other end, for messages: an address until it is known. */
  get peer(): string {
    return this.#peer;
  }

  identify(peer: string): void {
    this.#peer = peer;
    this.#known = true;
  }

  get roundTripMs(): number | undefined {
    return this.#heartbeat?.roundTripMs;
  }

  /** The host that the other side's certificate proves; undefined where links have no TLS. */
  get provedHost(): string | undefined {
    return this.#transport.proved()?.host;
  }

  bufferedBytes(): number {
    return this.#transport.bufferedBytes();
  }

  send(frame: ControlFrame): void {
    if (this.#ended) return;
    this.#transport.sendText(encodeControl(frame));
    this.#checkBuffer();
  }

  sendBulk(frame: BulkFrame): void {
    if (this.#ended) return;
    for (const message of messagesOf(frame)) this.#transport.sendBytes(message);
    this.#checkBuffer();
  }

  /** The handshake is over: from now on silence means death. */
  watch(): void {
    const { clock } = this.#context;
    this.#heartbeat = startHeartbeat(clock.monotonic(), this.#transport.bytesReceived());
    this.#scheduleTick();
  }

  /** Cuts the peer off for what it did, and writes it down. */
  offend(why: string): void {
    if (this.#ended) return;
    const { peerOffences, strangerOffences } = this.#context;
    (this.#known ? peerOffences : strangerOffences).report(this.#peer, why);
    this.cut(`cut off: ${why}`);
  }

  cut(why: string): void {
    this.#endReason ??= why;
    this.#transport.cut();
    this.#end(why);
  }

  /** Ends in order: what was handed over still goes out. */
  close(why: string): void {
    this.#endReason ??= why;
    this.#transport.close();
    this.#end(why);
  }

  #take(handle: () => void): void {
    if (this.#ended) return;
    try {
      handle();
    } catch (error) {
      if (error instanceof FrameError) {
        this.offend(error.message);
        return;
      }
      // A failure of our own while a frame was handled: the stream of frames is no longer whole.
      const why = describeError(error);
      this.#context.log.error(`a frame of ${this.peer} could not be handled: ${why}`);
      this.cut(why);
    }
  }

  #bulk(bytes: Uint8Array): void {
    const frame = this.#frames.take(bytes);
    if (frame !== undefined) this.#events.bulk(frame);
  }

  #control(frame: ControlFrame): void {
    if (frame.type === 'ping') {
      if (this.#pings) throw new FrameError('the accepting side sent a ping');
      if (this.#heartbeat === undefined) throw new FrameError('a ping before its hello');
      this.send({ type: 'pong', number: frame.number });
    } else if (frame.type === 'pong') {
      if (!this.#pings) throw new FrameError('the dialing side sent a pong');
      this.#pong(frame.number);
    } else {
      this.#events.control(frame);
    }
  }

  #pong(number: number): void {
    if (this.#heartbeat === undefined) throw new FrameError('a pong before the welcome');
    const nowMs = this.#context.clock.monotonic();
    const step = heartbeatStep(this.#rules(), this.#heartbeat, { kind: 'pong', nowMs, number });
    this.#heartbeat = step.state;
  }

  #scheduleTick(): void {
    const { clock, timing } = this.#context;
    this.#ticking = clock.setTimer(timing.heartbeatIntervalMs, () => this.#tick());
  }

  #tick(): void {
    if (this.#ended || this.#heartbeat === undefined) return;
    const nowMs = this.#context.clock.monotonic();
    const bytesReceived = this.#transport.bytesReceived();
    const input = { kind: 'tick', nowMs, bytesReceived } as const;
    const step = heartbeatStep(this.#rules(), this.#heartbeat, input);
    this.#heartbeat = step.state;
    for (const effect of step.effects) {
      if (effect.kind === 'ping') this.send({ type: 'ping', number: effect.number });
      else this.cut(`silent for ${Math.round(effect.silentMs)} ms`);
    }
    if (!this.#ended) this.#scheduleTick();
  }

  #rules() {
    const { heartbeatIntervalMs: intervalMs, silenceLimitMs } = this.#context.timing;
    return { intervalMs, silenceLimitMs, pings: this.#pings };
  }

  #checkBuffer(): void {
    if (this.#transport.bufferedBytes() > MAX_SEND_BUFFER_BYTES) {
      this.offend('it does not read what is sent to it');
    }
  }

  #end(why: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#ticking?.cancel();
    this.#events.ended(this.#endReason ?? why);
  }
}
