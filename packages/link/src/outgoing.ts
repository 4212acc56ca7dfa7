import type { BeatChannel, FtError, PeerStatus } from '@ftctl/sdk';
import { Asker } from './asker.ts';
import type { Connection } from './connection.ts';
import type { LinkContext } from './context.ts';
import type { BulkFrame } from './core/bulk-frames.ts';
import type { ControlFrame, LaneName } from './core/control-frames.ts';
import { BEAT_BUFFER_BYTES, MAX_BATCHES_PER_TURN, SEND_BUFFER_BYTES } from './core/limits.ts';
import { type Introduction, Lane, type LaneTarget } from './lane.ts';
import { RunningShipment, type ShipmentLink, type ShipmentRoute } from './shipment.ts';

/**
 * The link to one peer, as the side that has something to send sees it: two
 * connections, `data` and `beat`, so that a beat is never behind data. It is up
 * while both are.
 */
export class OutgoingLink implements ShipmentLink {
  readonly asker: Asker;
  readonly #context: LinkContext;
  readonly #target: LaneTarget;
  readonly #changed: (status: PeerStatus) => void;
  readonly #data: Lane;
  readonly #beat: Lane;
  readonly #shipments: RunningShipment[] = [];
  readonly #reasons: Record<LaneName, string> = { data: '', beat: '' };
  #nextStream = 1;
  #firstToSend = 0;
  #up = false;

  constructor(
    context: LinkContext,
    target: LaneTarget,
    introduce: () => Introduction,
    changed: (status: PeerStatus) => void,
  ) {
    this.#context = context;
    this.#target = target;
    this.#changed = changed;
    this.asker = new Asker(context, { host: target.host, plugin: target.plugin });
    this.#data = new Lane(context, 'data', target, introduce, {
      up: (connection) => this.#dataUp(connection),
      down: (why, refusal) => this.#dataDown(why, refusal),
      control: (frame, connection) => this.#dataControl(frame, connection),
      bulk: (frame, connection) => this.#dataBulk(frame, connection),
      writable: () => this.pump(),
    });
    this.#beat = new Lane(context, 'beat', target, introduce, {
      up: () => this.#laneUp('beat'),
      down: (why) => this.#laneDown('beat', why),
      control: (frame, connection) => connection.offend(`sent ${frame.type} on the beat lane`),
      bulk: (frame, connection) => connection.offend(`sent ${frame.kind} on the beat lane`),
      writable: () => undefined,
    });
  }

  /** Both lanes come up, and come back, until `stop`. */
  connect(): void {
    this.#data.want();
    this.#beat.want();
  }

  stop(): void {
    for (const shipment of [...this.#shipments]) shipment.stop();
    this.asker.stop();
    this.#data.stop();
    this.#beat.stop();
    this.#reasons.data = 'this side stops';
    this.#reportDown();
  }

  status(): PeerStatus {
    const { host, plugin } = this.#target;
    const roundTripMs = this.#beat.connection?.roundTripMs;
    if (this.#up) {
      return { host, plugin, up: true, ...(roundTripMs === undefined ? {} : { roundTripMs }) };
    }
    const reason = this.#reasons.data || this.#reasons.beat || 'not connected yet';
    return { host, plugin, up: false, reason };
  }

  /** Whether this log is being shipped on this channel. */
  ships(channel: string, log: string): boolean {
    return this.#shipments.some(({ route }) => route.channel === channel && route.log.name === log);
  }

  ship(route: ShipmentRoute): RunningShipment {
    const shipment = new RunningShipment(this.#context, this, route);
    this.#shipments.push(shipment);
    const connection = this.#data.connection;
    if (connection !== undefined) shipment.up(connection);
    return shipment;
  }

  sendBeat<T>(channel: BeatChannel<T>, payload: Uint8Array): boolean {
    const connection = this.#beat.connection;
    // What waits in the socket already is late; a beat behind it would be later still.
    if (connection === undefined || connection.bufferedBytes() > BEAT_BUFFER_BYTES) return false;
    connection.sendBulk({ kind: 'beat', channel: channel.name, payload });
    return true;
  }

  nextStream(): number {
    const stream = this.#nextStream;
    this.#nextStream += 1;
    return stream;
  }

  stopped(shipment: RunningShipment): void {
    const index = this.#shipments.indexOf(shipment);
    if (index >= 0) this.#shipments.splice(index, 1);
  }

  /** Lets the shipments send in turn, while the socket takes it and for a bounded time. */
  pump(): void {
    const connection = this.#data.connection;
    let batches = 0;
    let idle = 0;
    while (connection !== undefined && idle < this.#shipments.length) {
      if (batches >= MAX_BATCHES_PER_TURN || connection.bufferedBytes() > SEND_BUFFER_BYTES) return;
      this.#firstToSend = (this.#firstToSend + 1) % this.#shipments.length;
      if (this.#shipments[this.#firstToSend]?.sendNext() === true) {
        batches += 1;
        idle = 0;
      } else {
        idle += 1;
      }
    }
  }

  #dataUp(connection: Connection): void {
    this.#laneUp('data');
    this.asker.up(connection);
    for (const shipment of [...this.#shipments]) shipment.up(connection);
  }

  #dataDown(why: string, refusal: FtError | undefined): void {
    this.asker.down(why, refusal);
    for (const shipment of [...this.#shipments]) shipment.down();
    this.#laneDown('data', why);
  }

  #dataControl(frame: ControlFrame, connection: Connection): void {
    switch (frame.type) {
      case 'failure':
        this.asker.failure(frame.id, frame.error);
        break;
      case 'accepted':
      case 'ack':
      case 'refused':
        this.#shipments.find((shipment) => shipment.stream === frame.stream)?.control(frame);
        break;
      default:
        connection.offend(`answered with ${frame.type}`);
    }
  }

  #dataBulk(frame: BulkFrame, connection: Connection): void {
    if (frame.kind === 'answer') this.asker.answer(frame.id, frame.payload);
    else connection.offend(`answered with ${frame.kind}`);
  }

  #laneUp(lane: LaneName): void {
    this.#reasons[lane] = '';
    if (this.#data.connection === undefined || this.#beat.connection === undefined) return;
    if (this.#up) return;
    this.#up = true;
    this.#context.log.info(`link to ${this.#target.host}/${this.#target.plugin} is up`);
    this.#changed(this.status());
  }

  #laneDown(lane: LaneName, why: string): void {
    if (this.#reasons[lane] !== why) {
      const { host, plugin } = this.#target;
      this.#context.log.info(`no link to ${host}/${plugin}: ${why}`, { lane });
    }
    this.#reasons[lane] = why;
    this.#reportDown();
  }

  #reportDown(): void {
    if (!this.#up) return;
    this.#up = false;
    this.#changed(this.status());
  }
}
