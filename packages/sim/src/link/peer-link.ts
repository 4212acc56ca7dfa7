import type { PeerStatus } from '@ftctl/sdk';
import type { SimProcess } from '../process.ts';
import type { SeededRandom } from '../random.ts';
import type { Scheduled } from '../scheduler.ts';
import { Heartbeat } from './heartbeat.ts';
import { backOffMs, type LinkSettings } from './limits.ts';
import type { SimNetwork } from './network.ts';
import type { WireEnd } from './wire.ts';
import type { DialerMessage, Introduction, WireMessage } from './wire-messages.ts';

export interface PeerLinkOptions {
  readonly process: SimProcess;
  readonly network: SimNetwork;
  readonly random: SeededRandom;
  readonly settings: LinkSettings;
  readonly introduction: Introduction;
  readonly host: string;
  readonly plugin: string;
  /** An answer has arrived: anything but of the handshake and of heartbeats. */
  readonly onMessage: (message: WireMessage, peer: PeerLink) => void;
  readonly onChange: (peer: PeerLink) => void;
}

/**
 * The link to one peer that this plugin talks to, on the side that dials. It
 * comes up by itself, tells a dead connection by silence, and comes back after
 * any break. What the peer asks of us runs on a connection that the peer dials.
 */
export class PeerLink {
  readonly host: string;
  readonly plugin: string;
  readonly #options: PeerLinkOptions;
  #end: WireEnd | undefined;
  #up = false;
  #stopped = false;
  #reason = 'not connected yet';
  #failures = 0;
  #upSince = 0;
  #timer: Scheduled | undefined;
  #heartbeat: Heartbeat | undefined;

  constructor(options: PeerLinkOptions) {
    this.#options = options;
    this.host = options.host;
    this.plugin = options.plugin;
    this.#dial();
  }

  get up(): boolean {
    return this.#up;
  }

  /** Why it is down. */
  get reason(): string {
    return this.#reason;
  }

  status(): PeerStatus {
    const { host, plugin, up } = this;
    if (!up) return { host, plugin, up, reason: this.#reason };
    const roundTripMs = this.#heartbeat?.roundTripMs;
    return { host, plugin, up, ...(roundTripMs === undefined ? {} : { roundTripMs }) };
  }

  /** False when no link is up. */
  send(message: DialerMessage): boolean {
    if (this.#up) this.#end?.send(message);
    return this.#up;
  }

  sendBeat(message: DialerMessage): boolean {
    return this.#up && (this.#end?.sendBeat(message) ?? false);
  }

  stop(): void {
    this.#stopped = true;
    this.#end?.close('the peer has stopped');
    this.#ended('stopped');
  }

  #dial(): void {
    const { network, process, introduction, settings } = this.#options;
    const end = network.connect(process, introduction, this, {
      onMessage: (message) => this.#onMessage(message),
      onClosed: (why) => this.#ended(why),
    });
    this.#end = end;
    this.#timer = process.schedule(settings.handshakeMs, 'timer', () => {
      this.#giveUp(`no welcome within ${settings.handshakeMs} ms`);
    });
  }

  #onMessage(message: WireMessage): void {
    this.#heartbeat?.heard();
    if (message.kind === 'welcome') this.#welcomed();
    else if (message.kind === 'pong') this.#heartbeat?.ponged(message.id);
    else this.#options.onMessage(message, this);
  }

  #welcomed(): void {
    const { process, settings } = this.#options;
    this.#timer?.cancel();
    this.#up = true;
    this.#upSince = process.scheduler.now;
    this.#heartbeat = new Heartbeat({
      process,
      settings,
      ping: (id) => this.#end?.send({ kind: 'ping', id }),
      isReceiving: () => this.#end?.isReceiving ?? false,
      dead: (why) => this.#giveUp(why),
    });
    this.#options.onChange(this);
  }

  #giveUp(why: string): void {
    this.#end?.destroy('the peer gave this connection up');
    this.#ended(why);
  }

  #ended(why: string): void {
    const { process, random, settings } = this.#options;
    const wasUp = this.#up;
    const stable = wasUp && process.scheduler.now - this.#upSince >= settings.stableMs;
    this.#failures = stable ? 1 : this.#failures + 1;
    this.#end = undefined;
    this.#up = false;
    this.#reason = why;
    this.#timer?.cancel();
    this.#heartbeat?.stop();
    if (!this.#stopped) {
      const delayMs = backOffMs(settings.redial, this.#failures, random.float());
      this.#timer = process.schedule(delayMs, 'timer', () => this.#dial());
    }
    if (wasUp) this.#options.onChange(this);
  }
}
