import type { SimProcess } from '../process.ts';
import type { Scheduled } from '../scheduler.ts';
import type { LinkSettings } from './limits.ts';

export interface HeartbeatOptions {
  readonly process: SimProcess;
  readonly settings: LinkSettings;
  /** Sends a ping; absent on the side that only answers. */
  readonly ping?: (id: number) => void;
  /** True while bytes of a message come in that is not whole yet. */
  readonly isReceiving: () => boolean;
  readonly dead: (why: string) => void;
}

/** Tells a dead connection by silence, as seen by one side. */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #timer: Scheduled | undefined;
  #lastTick: number;
  #lastHeard: number;
  #heard = false;
  #pingId = 0;
  #pingedAt = 0;
  #roundTripMs: number | undefined;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
    this.#lastTick = this.#now();
    this.#lastHeard = this.#now();
    this.#ping();
    this.#next();
  }

  get roundTripMs(): number | undefined {
    return this.#roundTripMs;
  }

  /** Anything has arrived. */
  heard(): void {
    this.#heard = true;
  }

  ponged(id: number): void {
    if (id === this.#pingId) this.#roundTripMs = this.#now() - this.#pingedAt;
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #next(): void {
    const { process, settings } = this.#options;
    this.#timer = process.schedule(settings.heartbeatMs, 'timer', () => this.#tick());
  }

  #tick(): void {
    const { settings, isReceiving, dead } = this.#options;
    const now = this.#now();
    // A late tick: this process stood still, so silence of the peer proves nothing.
    const overslept = now - this.#lastTick > 2 * settings.heartbeatMs;
    if (this.#heard || overslept || isReceiving()) this.#lastHeard = now;
    this.#heard = false;
    this.#lastTick = now;
    const silentMs = now - this.#lastHeard;
    if (silentMs >= settings.silenceMs) {
      dead(`nothing heard for ${Math.round(silentMs)} ms`);
      return;
    }
    this.#ping();
    this.#next();
  }

  #ping(): void {
    if (this.#options.ping === undefined) return;
    this.#pingId += 1;
    this.#pingedAt = this.#now();
    this.#options.ping(this.#pingId);
  }

  #now(): number {
    return this.#options.process.scheduler.now;
  }
}
