import { describeError, errorFromShape, type FtError, type Timer } from '@ftctl/sdk';
import { Connection } from './connection.ts';
import type { LinkContext } from './context.ts';
import type { BulkFrame } from './core/bulk-frames.ts';
import type { ControlFrame, LaneName } from './core/control-frames.ts';
import { type DialerEffect, type DialerInput, dialerStep, IDLE } from './core/dialer.ts';
import { MAX_ERROR_TEXT, PROTOCOL } from './core/limits.ts';
import type { DialTarget } from './io/transport.ts';

export interface LaneTarget extends DialTarget {
  readonly plugin: string;
}

export interface LaneEvents {
  up(connection: Connection): void;
  /** Told for each failed attempt too, and before the next one. */
  down(why: string, refusal: FtError | undefined): void;
  control(frame: ControlFrame, connection: Connection): void;
  bulk(frame: BulkFrame, connection: Connection): void;
  writable(): void;
}

/** What a lane says of itself in its hello, beyond names. */
export interface Introduction {
  readonly epoch: number;
  readonly attempt: number;
}

/** One of the two connections to a peer, on the side that dials; it comes back after each break. */
export class Lane {
  readonly #context: LinkContext;
  readonly #name: LaneName;
  readonly #target: LaneTarget;
  readonly #introduce: () => Introduction;
  readonly #events: LaneEvents;
  #state = IDLE;
  #connection: Connection | undefined;
  #greeting: Timer | undefined;
  #pausing: Timer | undefined;
  #refusal: FtError | undefined;
  #endReason = 'not connected yet';

  constructor(
    context: LinkContext,
    name: LaneName,
    target: LaneTarget,
    introduce: () => Introduction,
    events: LaneEvents,
  ) {
    this.#context = context;
    this.#name = name;
    this.#target = target;
    this.#introduce = introduce;
    this.#events = events;
  }

  /** The connection, while it is up. */
  get connection(): Connection | undefined {
    return this.#state.phase === 'up' ? this.#connection : undefined;
  }

  want(): void {
    this.#step({ kind: 'wanted' });
  }

  stop(): void {
    this.#step({ kind: 'stop' });
    this.#pausing?.cancel();
  }

  #step(input: DialerInput): void {
    const { reconnect, stableAfterMs } = this.#context.timing;
    const step = dialerStep({ reconnect, stableAfterMs }, this.#state, input);
    this.#state = step.state;
    for (const effect of step.effects) this.#perform(effect);
  }

  #perform(effect: DialerEffect): void {
    switch (effect.kind) {
      case 'dial':
        this.#dial();
        break;
      case 'pause':
        this.#pausing = this.#context.clock.setTimer(effect.delayMs, () =>
          this.#step({ kind: 'pause-over' }),
        );
        break;
      case 'up':
        if (this.#connection !== undefined) this.#events.up(this.#connection);
        break;
      case 'down':
        this.#events.down(this.#endReason, this.#refusal);
        break;
      case 'hang-up':
        this.#connection?.close('this side stops');
        break;
    }
  }

  #dial(): void {
    this.#refusal = undefined;
    try {
      const transport = this.#context.network.dial(this.#target);
      const connection: Connection = new Connection(this.#context, transport, true, {
        opened: () => this.#greet(connection),
        control: (frame) => this.#control(frame, connection),
        bulk: (frame) => this.#bulk(frame, connection),
        writable: () => this.#events.writable(),
        ended: (why) => this.#ended(why),
      });
      connection.identify(`${this.#target.host}/${this.#target.plugin}`);
      this.#connection = connection;
      const limitMs = this.#context.timing.handshakeLimitMs;
      this.#greeting = this.#context.clock.setTimer(limitMs, () =>
        connection.cut(`no welcome within ${limitMs} ms`),
      );
    } catch (error) {
      this.#ended(describeError(error));
    }
  }

  #greet(connection: Connection): void {
    const { self, store } = this.#context;
    connection.send({
      type: 'hello',
      minVersion: PROTOCOL.min,
      maxVersion: PROTOCOL.max,
      lane: this.#name,
      host: self.host,
      plugin: self.plugin,
      toHost: this.#target.host,
      toPlugin: this.#target.plugin,
      incarnation: store.incarnation,
      ...this.#introduce(),
    });
  }

  #control(frame: ControlFrame, connection: Connection): void {
    if (this.#state.phase === 'up') {
      this.#events.control(frame, connection);
    } else if (frame.type === 'refusal') {
      this.#refusal = errorFromShape(frame.error);
      connection.close(this.#refusal.message.slice(0, MAX_ERROR_TEXT));
    } else if (frame.type !== 'welcome') {
      connection.offend(`sent ${frame.type} before its welcome`);
    } else if (frame.version < PROTOCOL.min || frame.version > PROTOCOL.max) {
      connection.offend(`chose protocol version ${frame.version}`);
    } else {
      this.#greeting?.cancel();
      connection.watch();
      this.#step({ kind: 'welcomed', nowMs: this.#context.clock.monotonic() });
    }
  }

  #bulk(frame: BulkFrame, connection: Connection): void {
    if (this.#state.phase === 'up') this.#events.bulk(frame, connection);
    else connection.offend(`sent ${frame.kind} before its welcome`);
  }

  #ended(why: string): void {
    this.#greeting?.cancel();
    this.#connection = undefined;
    this.#endReason = why;
    const nowMs = this.#context.clock.monotonic();
    this.#step({ kind: 'ended', nowMs, chance: this.#context.random.float() });
  }
}
