import {
  type BeatChannel,
  DEFAULT_LINK_LIMITS,
  type Link,
  type Log,
  linkErrors,
  type Peer,
  type PeerName,
  type PeerStatus,
  type RequestChannel,
  type RequestOptions,
  type Shipment,
  type Store,
  type StreamBatch,
  type StreamChannel,
  type Transaction,
} from '@ftctl/sdk';
import type { SimProcess } from '../process.ts';
import type { SeededRandom } from '../random.ts';
import type { LinkSettings } from './limits.ts';
import type { SimNetwork } from './network.ts';
import { PeerLink } from './peer-link.ts';
import { Receivers } from './receiver.ts';
import { Requests } from './requests.ts';
import { Session } from './session.ts';
import { Shipper } from './shipper.ts';
import type { WireEnd } from './wire.ts';
import type { BeatMessage, Introduction, WireMessage } from './wire-messages.ts';

export interface SimLinkOptions {
  readonly process: SimProcess;
  readonly network: SimNetwork;
  readonly random: SeededRandom;
  readonly store: Store;
  readonly settings: LinkSettings;
}

const CHANNEL_NAME = /^[a-z0-9.-]+$/;

type BeatListener = (value: Uint8Array, from: Peer) => void;

/** The links of one life of a plugin, over the simulated network, with the semantics of the contract. */
export class SimLink implements Link {
  readonly #options: SimLinkOptions;
  readonly #introduction: Introduction;
  readonly #peers = new Map<string, PeerLink>();
  /** By who dialed: of several connections of one peer the newest counts. */
  readonly #sessions = new Map<string, Session>();
  readonly #requests: Requests;
  readonly #receivers: Receivers;
  readonly #shippers = new Set<Shipper<unknown>>();
  readonly #beatListeners = new Map<string, BeatListener[]>();
  readonly #peerListeners: ((status: PeerStatus) => void)[] = [];
  #openings = 0;
  #stopped = false;

  constructor(options: SimLinkOptions) {
    const { process, store, network } = options;
    this.#options = options;
    const { host, plugin } = process;
    this.#introduction = { host, plugin, incarnation: store.incarnation };
    this.#requests = new Requests(process);
    this.#receivers = new Receivers(process, store);
    network.listen({ process, accept: (end, from) => this.#accept(end, from) });
  }

  serve<Q, R>(
    channel: RequestChannel<Q, R>,
    answer: (question: Q, from: Peer) => Promise<R> | R,
  ): void {
    checkChannel(channel.name);
    this.#requests.serve(channel, answer);
  }

  async request<Q, R>(
    channel: RequestChannel<Q, R>,
    to: PeerName,
    question: Q,
    options?: RequestOptions,
  ): Promise<R> {
    if (!this.#options.process.call()) return this.#options.process.never();
    checkChannel(channel.name);
    const peer = this.#wanted(to);
    return this.#requests.ask(channel, peer, question, options);
  }

  receive<T>(
    channel: StreamChannel<T>,
    apply: (tx: Transaction, batch: StreamBatch<T>) => void,
    then?: (batch: StreamBatch<T>) => void,
  ): void {
    checkChannel(channel.name);
    this.#receivers.receive(channel, apply, then);
  }

  ship<T>(channel: StreamChannel<T>, log: Log<T>, to: PeerName, cursor: string): Shipment {
    checkChannel(channel.name);
    const peer = this.#wanted(to);
    this.#refuseSecond(channel.name, log.name, peer);
    const { process, random, settings, store } = this.#options;
    const shipper: Shipper<T> = new Shipper({
      process,
      random: random.fork(`ship/${channel.name}/${log.name}/${peer.host}/${peer.plugin}`),
      settings,
      store,
      channel,
      log,
      peer,
      cursor,
      nextOpening: () => {
        this.#openings += 1;
        return this.#openings;
      },
      onStop: () => this.#shippers.delete(erased),
    });
    const erased = shipper as unknown as Shipper<unknown>;
    this.#shippers.add(erased);
    return shipper;
  }

  beat<T>(channel: BeatChannel<T>, to: PeerName, value: T): boolean {
    if (!this.#options.process.call()) return false;
    checkChannel(channel.name);
    const bytes = channel.codec.encode(value).slice();
    const limit = DEFAULT_LINK_LIMITS.beatBytes;
    if (bytes.length > limit) {
      const what = `the beat on ${channel.name}`;
      throw linkErrors.TOO_LARGE({ what, bytes: bytes.length, limit });
    }
    if (this.#stopped || !this.#options.network.knows(to.host)) return false;
    return this.#wanted(to).sendBeat({ kind: 'beat', channel: channel.name, value: bytes });
  }

  onBeat<T>(channel: BeatChannel<T>, listener: (value: T, from: Peer) => void): void {
    checkChannel(channel.name);
    const listeners = this.#beatListeners.get(channel.name) ?? [];
    this.#beatListeners.set(channel.name, listeners);
    listeners.push((bytes, from) => listener(channel.codec.decode(bytes), from));
  }

  onPeer(listener: (status: PeerStatus) => void): void {
    this.#peerListeners.push(listener);
  }

  peers(): readonly PeerStatus[] {
    return [...this.#peers.values()].map((peer) => peer.status());
  }

  /** Orderly end: every link goes down, no new one comes up. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const shipper of [...this.#shippers]) shipper.stop();
    for (const peer of this.#peers.values()) peer.stop();
    for (const session of [...this.#sessions.values()]) session.end('the peer has stopped');
    this.#requests.stop();
  }

  /** @throws FtError FT_LINK_UNKNOWN_PEER, FT_LINK_DOWN when stopped */
  #wanted(to: PeerName): PeerLink {
    const { process, network } = this.#options;
    const name = { host: to.host, plugin: to.plugin ?? process.plugin };
    if (this.#stopped) throw linkErrors.DOWN({ ...name, why: 'this plugin has stopped' });
    if (!network.knows(to.host)) throw linkErrors.UNKNOWN_PEER(name);
    if (name.host === process.host && name.plugin === process.plugin) {
      throw linkErrors.MISUSE({ why: 'a plugin has no link to itself' });
    }
    return this.#peer(name);
  }

  #peer(name: { readonly host: string; readonly plugin: string }): PeerLink {
    const key = `${name.host}/${name.plugin}`;
    const known = this.#peers.get(key);
    if (known !== undefined) return known;
    const { process, network, random, settings } = this.#options;
    const peer = new PeerLink({
      process,
      network,
      random: random.fork(key),
      settings,
      introduction: this.#introduction,
      host: name.host,
      plugin: name.plugin,
      onMessage: (message) => this.#onAnswer(message),
      onChange: (changed) => this.#onChange(changed),
    });
    this.#peers.set(key, peer);
    return peer;
  }

  #refuseSecond(channel: string, log: string, peer: PeerLink): void {
    for (const other of this.#shippers) {
      if (other.channel !== channel || other.log !== log || other.peer !== peer) continue;
      const to = `${peer.host}/${peer.plugin}`;
      throw linkErrors.MISUSE({ why: `log ${log} is shipped to ${to} on ${channel} already` });
    }
  }

  #accept(end: WireEnd, from: Introduction): void {
    if (this.#stopped) {
      end.close('stopped');
      return;
    }
    const key = `${from.host}/${from.plugin}`;
    this.#sessions.get(key)?.end('the peer has connected anew');
    const { process, settings } = this.#options;
    const session = new Session(end, {
      process,
      settings,
      self: this.#introduction,
      from,
      onMessage: (message, on) => this.#onDemand(message, on),
      onEnded: (ended) => {
        if (this.#sessions.get(key) === ended) this.#sessions.delete(key);
      },
    });
    this.#sessions.set(key, session);
  }

  /** A peer that dialed us wants something. */
  #onDemand(message: WireMessage, session: Session): void {
    if (message.kind === 'beat') this.#onBeat(message, session);
    else if (message.kind === 'open') this.#receivers.onOpen(message, session);
    else if (message.kind === 'batch') this.#receivers.onBatch(message, session);
    else if (message.kind === 'request') this.#requests.onQuestion(message, session);
  }

  /** A peer that we dialed answers. */
  #onAnswer(message: WireMessage): void {
    if (message.kind === 'answer' || message.kind === 'failure') this.#requests.onAnswer(message);
    else if (
      message.kind === 'resume' ||
      message.kind === 'delivered' ||
      message.kind === 'refused'
    ) {
      for (const shipper of [...this.#shippers]) shipper.onReply(message);
    }
  }

  #onBeat(message: BeatMessage, session: Session): void {
    for (const listener of [...(this.#beatListeners.get(message.channel) ?? [])]) {
      listener(message.value, session.from);
    }
  }

  #onChange(peer: PeerLink): void {
    this.#requests.onPeer(peer);
    for (const shipper of [...this.#shippers]) if (shipper.peer === peer) shipper.onPeer();
    const status = peer.status();
    for (const listener of [...this.#peerListeners]) listener(status);
  }
}

/** @throws FtError FT_LINK_MISUSE */
function checkChannel(name: string): void {
  if (!CHANNEL_NAME.test(name) || name.length > DEFAULT_LINK_LIMITS.channelNameLength) {
    throw linkErrors.MISUSE({
      why: `channel name "${name}" is not up to 64 lower case letters, digits, "." and "-"`,
    });
  }
}
