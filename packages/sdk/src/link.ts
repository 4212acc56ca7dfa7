import type { Codec } from './codec.ts';
import type { Log, LogEntry, Seq, Transaction } from './store.ts';

/**
 * Links to the same or another plugin on other hosts. A plugin names hosts,
 * never addresses: the host's directory knows where they are. Links come up by
 * themselves when something needs them, are resumed after any break, and go
 * down when `stop()` has been called.
 *
 * Three kinds of channel: `request` (question and answer), `stream` (a store
 * log shipped to the other side, each record applied there exactly once) and
 * `beat` (unreliable, never queued behind data).
 */
export interface Link {
  /** Answers requests of peers. A thrown FtError reaches the asker with its code. */
  serve<Q, R>(
    channel: RequestChannel<Q, R>,
    answer: (question: Q, from: Peer) => Promise<R> | R,
  ): void;

  /**
   * Asks a peer. When the link breaks after the question was sent, or no answer
   * comes, it is not known whether the peer acted: asking again is the caller's
   * decision. Large questions and answers are not copied: bytes that a codec hands
   * over as they are (`bytes`) must not change until the answer is there.
   *
   * @throws FtError FT_LINK_UNKNOWN_PEER, FT_LINK_DOWN, FT_LINK_REFUSED,
   *   FT_LINK_TIMEOUT, FT_LINK_TOO_LARGE, FT_LINK_BUSY, FT_LINK_NOT_SERVED,
   *   FT_LINK_PEER_FAILED, or the peer's own coded error
   */
  request<Q, R>(
    channel: RequestChannel<Q, R>,
    to: PeerName,
    question: Q,
    options?: RequestOptions,
  ): Promise<R>;

  /**
   * Takes a stream from any peer that ships it. `apply` runs inside a commit of
   * this plugin's store, together with the new position, so each record takes
   * effect once whatever breaks; the sender is told after that commit is on
   * disk. When `apply` throws, nothing is changed, the sender is told and tries
   * again later. `then` is called after the commit.
   */
  receive<T>(
    channel: StreamChannel<T>,
    apply: (tx: Transaction, batch: StreamBatch<T>) => void,
    then?: (batch: StreamBatch<T>) => void,
  ): void;

  /**
   * Ships a log of this plugin's store to a peer, from the cursor on, for as
   * long as the plugin runs. The cursor moves when the peer has the records on
   * disk; it is created at the log's first record when it does not exist. A peer
   * that has some of this log is given what follows, whatever the cursor says.
   *
   * @throws FtError FT_LINK_UNKNOWN_PEER, or FT_LINK_MISUSE when this log is
   *   shipped to that peer on that channel already
   */
  ship<T>(channel: StreamChannel<T>, log: Log<T>, to: PeerName, cursor: string): Shipment;

  /**
   * Hands a beat to the network, at once or never. False when no link is up.
   *
   * @throws FtError FT_LINK_TOO_LARGE
   */
  beat<T>(channel: BeatChannel<T>, to: PeerName, value: T): boolean;
  onBeat<T>(channel: BeatChannel<T>, listener: (value: T, from: Peer) => void): void;

  /** Called when a link to a peer that this plugin talks to comes up or goes down. */
  onPeer(listener: (status: PeerStatus) => void): void;
  peers(): readonly PeerStatus[];
}

/** Whom to talk to; `plugin` is this plugin's own id unless given. */
export interface PeerName {
  readonly host: string;
  readonly plugin?: string;
  /** Port to use when the directory gives that host an address without a port. */
  readonly port?: number;
}

/** Who talks to us, as the handshake has proved it. */
export interface Peer {
  readonly host: string;
  readonly plugin: string;
  /** Identity of the peer's store. */
  readonly incarnation: string;
}

/** Channel names: lower case, digits, `.` and `-`, at most 64 characters. */
export interface RequestChannel<Q, R> {
  readonly name: string;
  readonly question: Codec<Q>;
  readonly answer: Codec<R>;
}

export interface StreamChannel<T> {
  readonly name: string;
  readonly codec: Codec<T>;
}

export interface BeatChannel<T> {
  readonly name: string;
  readonly codec: Codec<T>;
}

export interface RequestOptions {
  /** Default 5,000. Covers also the time until a link is up. */
  readonly timeoutMs?: number;
}

export interface StreamBatch<T> {
  readonly from: Peer;
  /** Consecutive in the sender's log except where it dropped records at its limit. */
  readonly entries: readonly LogEntry<T>[];
  /**
   * True when records of the sender's log between our position and the first
   * entry are missing: it had dropped them at its limit, or, when we have no
   * position, its log or its cursor no longer stands at the beginning.
   */
  readonly gap: boolean;
}

export interface Shipment {
  status(): ShipmentStatus;
  /** Called whenever the peer has more of the log on disk. */
  onDelivered(listener: (upTo: Seq) => void): void;
  /** Stops shipping; the cursor stays. */
  stop(): void;
}

export interface ShipmentStatus {
  readonly to: Required<Pick<PeerName, 'host' | 'plugin'>>;
  readonly stream: string;
  readonly up: boolean;
  /** Everything up to it is on the peer's disk. */
  readonly delivered: Seq;
  /** Records in the log that the peer does not have yet. */
  readonly lag: number;
  /** Why the peer refused the last batch, when it did. */
  readonly refused?: string;
}

export interface PeerStatus {
  readonly host: string;
  readonly plugin: string;
  readonly up: boolean;
  /** Round trip of the last heartbeat, when up. */
  readonly roundTripMs?: number;
  /** Why it is down, when it is. */
  readonly reason?: string;
}
