import {
  type BeatChannel,
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
import { type LinkSettings, MAX_BEAT_BYTES } from './limits.ts';
import type { SimNetwork } from './network.ts';
import { PeerLink, type Reply } from './peer-link.ts';
import { Receivers } from './receiver.ts';
import { Requests } from './requests.ts';
import { refuseSecondShipper, Shipper } from './shipper.ts';
import type { BeatMessage, Introduction, StreamMessage, WireMessage } from './wire-messages.ts';

export interface SimLinkOptions {
  readonly process: SimProcess;
  readonly network: SimNetwork;
  readonly random: SeededRandom;
  readonly store: Store;
  readonly settings: LinkSettings;
}

const CHANNEL_NAME = /^[a-z0-9.-]{1,64}$/;

type BeatListener = (value: Uint8Array, from: Peer) => void;

/** The links of one life of a plugin, over the simulated network, with the semantics of the contract. */
export class SimLink implements Link {
  readonly #options: SimLinkOptions;
  readonly #introduction: Introduction;
  readonly #peers = new Map<string, PeerLink>();
  readonly #requests: Requests;
  readonly #receivers: Receivers;
  readonly #shippers = new Set<Shipper<unknown>>();
  readonly #beatListeners = new Map<string, BeatListener[]>();
  readonly #peerListeners: ((status: PeerStatus) => void)[] = [];
  #stopped = false;

  constructor(options: SimLinkOptions) {
    const { process, store, network } = options;
    this.#options = options;
    const { host, plugin } = process;
    this.#introduction = { host, plugin, incarnation: store.incarnation };
    this.#requests = new Requests(process);
    this.#receivers = new Receivers(process, store);
    network.listen({
      process,
      accept: (end, from) => this.#peer(from).accept(end, from),
    });
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
    refuseSecondShipper(this.#shippers, channel.name, peer);
    const { process, settings, store } = this.#options;
    const shipper: Shipper<T> = new Shipper({
      process,
      settings,
      store,
      channel,
      log,
      peer,
      cursor,
      onStop: () => this.#shippers.delete(shipper as unknown as Shipper<unknown>),
    });
    this.#shippers.add(shipper as unknown as Shipper<unknown>);
    if (peer.up) shipper.onPeer();
    return shipper;
  }

  beat<T>(channel: BeatChannel<T>, to: PeerName, value: T): boolean {
    if (!this.#options.process.call()) return false;
    checkChannel(channel.name);
    const bytes = channel.codec.encode(value).slice();
    if (bytes.length > MAX_BEAT_BYTES) {
      const what = `the beat on ${channel.name}`;
      throw linkErrors.TOO_LARGE({ what, bytes: bytes.length, limit: MAX_BEAT_BYTES });
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
    const peer = this.#peer(name);
    peer.want();
    return peer;
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
      onMessage: (message, from, reply) => this.#onMessage(message, from, reply),
      onChange: (changed) => this.#onChange(changed),
    });
    this.#peers.set(key, peer);
    return peer;
  }

  #onMessage(message: WireMessage, peer: PeerLink, reply: Reply): void {
    if (message.kind === 'beat') this.#onBeat(message, peer);
    else if (isStream(message)) {
      this.#receivers.onMessage(message, peer, reply);
      for (const shipper of [...this.#shippers]) {
        if (shipper.peer === peer && shipper.stream === message.stream) shipper.onMessage(message);
      }
    } else this.#requests.onMessage(message, peer, reply);
  }

  #onBeat(message: BeatMessage, peer: PeerLink): void {
    for (const listener of [...(this.#beatListeners.get(message.channel) ?? [])]) {
      listener(message.value, peer.identity);
    }
  }

  #onChange(peer: PeerLink): void {
    this.#requests.onPeer(peer);
    for (const shipper of [...this.#shippers]) if (shipper.peer === peer) shipper.onPeer();
    const status = peer.status();
    for (const listener of [...this.#peerListeners]) listener(status);
  }
}

function isStream(message: WireMessage): message is StreamMessage {
  return 'stream' in message;
}

/** @throws FtError FT_LINK_MISUSE */
function checkChannel(name: string): void {
  if (!CHANNEL_NAME.test(name)) {
    throw linkErrors.MISUSE({
      why: `channel name "${name}" is not lower case letters, digits, "." and "-"`,
    });
  }
}
