import type { PeerStatus } from '@ftctl/sdk';
import type { SimProcess } from '../process.ts';
import type { SeededRandom } from '../random.ts';
import type { Scheduled } from '../scheduler.ts';
import type { LinkSettings } from './limits.ts';
import type { SimNetwork } from './network.ts';
import type { WireEnd, WireListener } from './wire.ts';
import type { Introduction, WireMessage } from './wire-messages.ts';

export interface PeerLinkOptions {
  readonly process: SimProcess;
  readonly network: SimNetwork;
  readonly random: SeededRandom;
  readonly settings: LinkSettings;
  readonly introduction: Introduction;
  readonly host: string;
  readonly plugin: string;
  /**
   * A message other than of the handshake or a heartbeat. `reply` answers on the
   * same connection, and goes nowhere once that has ended.
   */
  readonly onMessage: (message: WireMessage, peer: PeerLink, reply: Reply) => void;
  readonly onChange: (peer: PeerLink) => void;
}

export type Reply = (message: WireMessage) => void;

/**
 * The link to one peer: dials while it is wanted and not up, tells a dead
 * connection by missed heartbeats, and comes back after any break.
 */
export class PeerLink {
  readonly host: string;
  readonly plugin: string;
  readonly #options: PeerLinkOptions;
  #wanted = false;
  #stopped = false;
  #dialing: WireEnd | undefined;
  #end: WireEnd | undefined;
  #incarnation = '';
  #reason = 'not connected yet';
  #redialMs: number;
  #redial: Scheduled | undefined;
  #heartbeat: Scheduled | undefined;
  #heardAt = 0;
  #pingId = 0;
  #pingedAt = 0;
  #roundTripMs: number | undefined;

  constructor(options: PeerLinkOptions) {
    this.#options = options;
    this.host = options.host;
    this.plugin = options.plugin;
    this.#redialMs = options.settings.redialMs;
  }

  get up(): boolean {
    return this.#end !== undefined;
  }

  get reason(): string {
    return this.#reason;
  }

  /** As the handshake has proved it; of the last link when none is up. */
  get identity(): Introduction {
    return { host: this.host, plugin: this.plugin, incarnation: this.#incarnation };
  }

  status(): PeerStatus {
    const { host, plugin, up } = this;
    if (!up) return { host, plugin, up, reason: this.#reason };
    return {
      host,
      plugin,
      up,
      ...(this.#roundTripMs === undefined ? {} : { roundTripMs: this.#roundTripMs }),
    };
  }

  /** From now on the link is kept up. */
  want(): void {
    if (this.#wanted || this.#stopped) return;
    this.#wanted = true;
    if (this.#end === undefined) this.#dial();
  }

  send(message: WireMessage): boolean {
    this.#end?.send(message);
    return this.#end !== undefined;
  }

  sendBeat(message: WireMessage): boolean {
    return this.#end?.sendBeat(message) ?? false;
  }

  stop(): void {
    this.#stopped = true;
    this.#redial?.cancel();
    this.#dialing?.destroy('the peer has stopped');
    this.#dialing = undefined;
    this.#end?.close('the peer has stopped');
    this.#down('stopped');
  }

  /**
   * The peer has connected. When both dial at once, the connection of the side
   * whose name comes first is kept. A peer that dials has no link in its own
   * eyes, so an older one is given up for the new.
   */
  accept(end: WireEnd, from: Introduction): void {
    const { introduction } = this.#options;
    const mine = `${introduction.host}/${introduction.plugin}`;
    const theirs = `${from.host}/${from.plugin}`;
    if (this.#stopped || (this.#dialing !== undefined && mine < theirs)) {
      end.send({ kind: 'refuse', why: this.#stopped ? 'stopped' : 'both connect at once' });
      end.close('refused');
      return;
    }
    this.#dialing?.destroy('the other connection is kept');
    this.#dialing = undefined;
    this.#end?.destroy('the peer has connected anew');
    this.#down('the peer has connected anew');
    end.listen(this.#listener(end));
    end.send({ kind: 'welcome', from: introduction });
    this.#up(end, from);
  }

  #dial(): void {
    this.#redial?.cancel();
    if (this.#stopped || this.#end !== undefined || this.#dialing !== undefined) return;
    const { network, process, introduction, settings } = this.#options;
    let dialed: WireEnd | undefined;
    const dialing: WireListener = {
      onMessage: (message) => {
        if (dialed === undefined || this.#dialing !== dialed) return;
        if (message.kind === 'welcome') {
          this.#dialing = undefined;
          dialed.listen(this.#listener(dialed));
          this.#up(dialed, message.from);
        } else if (message.kind === 'refuse') this.#dialFailed(dialed, message.why);
      },
      onClosed: (why) => {
        if (dialed !== undefined) this.#dialFailed(dialed, why);
      },
    };
    dialed = network.connect(process, introduction, this, dialing);
    this.#dialing = dialed;
    process.schedule(settings.handshakeMs, 'timer', () => {
      if (dialed !== undefined) this.#dialFailed(dialed, `no answer in ${settings.handshakeMs} ms`);
    });
  }

  #dialFailed(end: WireEnd, why: string): void {
    if (this.#dialing !== end) return;
    this.#dialing = undefined;
    end.destroy('given up');
    this.#reason = why;
    this.#redialLater();
  }

  #redialLater(): void {
    const { process, random, settings } = this.#options;
    if (!this.#wanted || this.#stopped) return;
    const delayMs = random.between(this.#redialMs / 2, this.#redialMs);
    this.#redialMs = Math.min(this.#redialMs * 2, settings.redialMaxMs);
    this.#redial = process.schedule(delayMs, 'timer', () => this.#dial());
  }

  #listener(end: WireEnd): WireListener {
    return {
      onMessage: (message) => {
        if (this.#end !== end) return;
        this.#heardAt = this.#now();
        if (message.kind === 'ping') end.send({ kind: 'pong', id: message.id });
        else if (message.kind === 'pong') this.#ponged(message.id);
        else this.#options.onMessage(message, this, (reply) => end.send(reply));
      },
      onClosed: (why) => {
        if (this.#end === end) this.#down(why);
      },
    };
  }

  #up(end: WireEnd, from: Introduction): void {
    this.#redial?.cancel();
    this.#redialMs = this.#options.settings.redialMs;
    this.#end = end;
    this.#incarnation = from.incarnation;
    this.#heardAt = this.#now();
    this.#roundTripMs = undefined;
    this.#beatHeart();
    this.#options.onChange(this);
  }

  #down(why: string): void {
    if (this.#end === undefined) return;
    this.#end = undefined;
    this.#heartbeat?.cancel();
    this.#reason = why;
    this.#options.onChange(this);
    this.#redialLater();
  }

  #beatHeart(): void {
    const { process, settings } = this.#options;
    this.#pingId += 1;
    this.#pingedAt = this.#now();
    this.#end?.send({ kind: 'ping', id: this.#pingId });
    this.#heartbeat = process.schedule(settings.heartbeatMs, 'timer', () => {
      const silentMs = this.#now() - this.#heardAt;
      if (silentMs < settings.halfOpenMs) this.#beatHeart();
      else {
        this.#end?.destroy('the peer heard nothing');
        this.#down(`nothing heard for ${Math.round(silentMs)} ms`);
      }
    });
  }

  #ponged(id: number): void {
    if (id === this.#pingId) this.#roundTripMs = this.#now() - this.#pingedAt;
  }

  #now(): number {
    return this.#options.process.scheduler.now;
  }
}
