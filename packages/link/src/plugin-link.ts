import {
  type BeatChannel,
  DEFAULT_REQUEST_TIMEOUT_MS,
  type Link,
  type Log,
  linkErrors,
  type Peer,
  type PeerName,
  type PeerStatus,
  type RequestChannel,
  type RequestOptions,
  type Shipment,
  type StreamBatch,
  type StreamChannel,
  type Transaction,
} from '@ftctl/sdk';
import { type Answer, answerWith } from './answerer.ts';
import { guarded, type LinkContext } from './context.ts';
import { MAX_BEAT_BYTES, MAX_REQUEST_BYTES } from './core/limits.ts';
import { CHANNEL_NAME, LOG_NAME } from './core/names.ts';
import type { Offers } from './incoming.ts';
import { type StreamTaker, takeWith } from './incoming-stream.ts';
import type { DialTarget } from './io/transport.ts';
import { OutgoingLink } from './outgoing.ts';

type BeatListener = (payload: Uint8Array, from: Peer) => void;

/** The link as the plugin is handed it. */
export class PluginLink implements Link {
  readonly offers: Offers;
  readonly #context: LinkContext;
  readonly #find: (name: PeerName, plugin: string) => DialTarget;
  readonly #servers = new Map<string, Answer>();
  readonly #takers = new Map<string, StreamTaker>();
  readonly #beatListeners = new Map<string, BeatListener[]>();
  readonly #peerListeners: ((status: PeerStatus) => void)[] = [];
  readonly #outgoing = new Map<string, OutgoingLink>();
  #epoch: number | undefined;
  #attempts = 0;
  #stopped = false;

  constructor(context: LinkContext, find: (name: PeerName, plugin: string) => DialTarget) {
    this.#context = context;
    this.#find = find;
    this.offers = {
      servers: this.#servers,
      takers: this.#takers,
      beat: (channel, payload, from) => this.#hearBeat(channel, payload, from),
    };
  }

  /** From now on links come up. `epoch` counts the starts of this link. */
  start(epoch: number): void {
    if (this.#stopped) return;
    this.#epoch = epoch;
    for (const outgoing of this.#outgoing.values()) outgoing.connect();
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const outgoing of this.#outgoing.values()) outgoing.stop();
  }

  serve<Q, R>(
    channel: RequestChannel<Q, R>,
    answer: (question: Q, from: Peer) => Promise<R> | R,
  ): void {
    requireName(channel.name);
    if (this.#servers.has(channel.name)) throw misuse(`${channel.name} is served already`);
    this.#servers.set(channel.name, answerWith(channel, answer));
  }

  async request<Q, R>(
    channel: RequestChannel<Q, R>,
    to: PeerName,
    question: Q,
    options: RequestOptions = {},
  ): Promise<R> {
    requireName(channel.name);
    const outgoing = this.#outgoingTo(to);
    const payload = channel.question.encode(question);
    requireSize(`the question on ${channel.name}`, payload, MAX_REQUEST_BYTES);
    const timeoutMs = options.timeoutMs ?? DEFAULT_REQUEST_TIMEOUT_MS;
    return channel.answer.decode(await outgoing.asker.ask(channel.name, payload, timeoutMs));
  }

  receive<T>(
    channel: StreamChannel<T>,
    apply: (tx: Transaction, batch: StreamBatch<T>) => void,
    then?: (batch: StreamBatch<T>) => void,
  ): void {
    requireName(channel.name);
    if (this.#takers.has(channel.name)) throw misuse(`${channel.name} is received already`);
    this.#takers.set(channel.name, takeWith(channel, apply, then));
  }

  ship<T>(channel: StreamChannel<T>, log: Log<T>, to: PeerName, cursor: string): Shipment {
    requireName(channel.name);
    if (!LOG_NAME.test(log.name)) throw misuse(`log ${log.name} cannot be named on the wire`);
    const outgoing = this.#outgoingTo(to);
    if (outgoing.ships(channel.name, log.name)) {
      throw misuse(`log ${log.name} is shipped to ${to.host} on ${channel.name} already`);
    }
    const route = { to: this.#named(to), channel: channel.name, log, cursor };
    return outgoing.ship(route);
  }

  beat<T>(channel: BeatChannel<T>, to: PeerName, value: T): boolean {
    requireName(channel.name);
    const payload = channel.codec.encode(value);
    requireSize(`the beat on ${channel.name}`, payload, MAX_BEAT_BYTES);
    return this.#tryOutgoingTo(to)?.sendBeat(channel, payload) ?? false;
  }

  onBeat<T>(channel: BeatChannel<T>, listener: (value: T, from: Peer) => void): void {
    requireName(channel.name);
    const listeners = this.#beatListeners.get(channel.name) ?? [];
    listeners.push((payload, from) => listener(channel.codec.decode(payload), from));
    this.#beatListeners.set(channel.name, listeners);
  }

  onPeer(listener: (status: PeerStatus) => void): void {
    this.#peerListeners.push(listener);
  }

  peers(): readonly PeerStatus[] {
    return [...this.#outgoing.values()].map((outgoing) => outgoing.status());
  }

  #hearBeat(channel: string, payload: Uint8Array, from: Peer): void {
    // A beat that nobody listens to is lost like any other.
    for (const listener of this.#beatListeners.get(channel) ?? []) {
      guarded(this.#context, `a listener of beat ${channel}`, () => listener(payload, from));
    }
  }

  #named(to: PeerName): { host: string; plugin: string } {
    return { host: to.host, plugin: to.plugin ?? this.#context.self.plugin };
  }

  #tryOutgoingTo(to: PeerName): OutgoingLink | undefined {
    try {
      return this.#outgoingTo(to);
    } catch (error) {
      const { host, plugin } = this.#named(to);
      this.#context.log.debug(`no beat to ${host}/${plugin}`, { error: String(error) });
      return undefined;
    }
  }

  #outgoingTo(to: PeerName): OutgoingLink {
    const { host, plugin } = this.#named(to);
    if (this.#stopped) throw linkErrors.DOWN({ host, plugin, why: 'this side has stopped' });
    const target = this.#find(to, plugin);
    const key = `${host}/${plugin} ${target.address} ${target.port}`;
    const present = this.#outgoing.get(key);
    if (present !== undefined) return present;
    const outgoing = new OutgoingLink(
      this.#context,
      { plugin, ...target },
      () => this.#introduce(),
      (status) => this.#peerChanged(status),
    );
    this.#outgoing.set(key, outgoing);
    if (this.#epoch !== undefined) outgoing.connect();
    return outgoing;
  }

  #introduce() {
    this.#attempts += 1;
    return { epoch: this.#epoch ?? 0, attempt: this.#attempts };
  }

  #peerChanged(status: PeerStatus): void {
    for (const listener of this.#peerListeners) {
      guarded(this.#context, 'an onPeer listener', () => listener(status));
    }
  }
}

function requireName(name: string): void {
  if (!CHANNEL_NAME.test(name)) throw misuse(`"${name}" is not a channel name`);
}

function requireSize(what: string, payload: Uint8Array, limit: number): void {
  const bytes = payload.byteLength;
  if (bytes > limit) throw linkErrors.TOO_LARGE({ what, bytes, limit });
}

function misuse(why: string) {
  return linkErrors.MISUSE({ why });
}
