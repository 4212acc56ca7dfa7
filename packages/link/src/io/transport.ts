import type { ProvedPeer } from './credentials.ts';

/**
 * What brings frames from one side to the other: the protocol knows nothing else
 * of sockets. Frames arrive whole, in order, or the transport ends.
 */
export interface Transport {
  /** Address of the other side, for messages. */
  readonly address: string;
  /** Who the other side has proved to be; undefined where links have no TLS, and before it is open. */
  proved(): ProvedPeer | undefined;
  /** Begins to tell events; called once, before anything else. */
  start(events: TransportEvents): void;
  sendText(text: string): void;
  sendBytes(bytes: Uint8Array): void;
  /** Bytes handed over and not yet with the operating system. */
  bufferedBytes(): number;
  /** Bytes that have arrived so far, parts of frames too. */
  bytesReceived(): number;
  /** Ends once what was handed over is sent, or after a short time. */
  close(): void;
  /** Ends at once. */
  cut(): void;
}

export interface TransportEvents {
  /** Frames can be sent. */
  opened(): void;
  text(source: string): void;
  bytes(bytes: Uint8Array): void;
  /** Bytes have left since the last `sendBytes`; at most once in a turn of the event loop. */
  writable(): void;
  /** The other side broke the rules of the transport itself; the end follows. */
  offended(why: string): void;
  /** Told once, last. */
  ended(why: string): void;
}

export interface ListenOptions {
  readonly address: string;
  /** 0: the system chooses. */
  readonly port: number;
  readonly handshakeLimitMs: number;
  /**
   * Takes a new connection. `greeted` is to be called once it is known who it
   * is; until then it is a stranger, whose time and number are limited.
   */
  readonly accept: (transport: Transport, greeted: () => void) => void;
  /** Somebody sent what is no attempt at a link. */
  readonly offended: (address: string, why: string) => void;
}

export interface Listener {
  readonly port: number;
  /** Accepts nothing more and cuts what is still open. */
  close(): Promise<void>;
}

/** The network as a link uses it. */
export interface Network {
  /** @throws FtError FT_LINK_NOT_LOOPBACK, FT_LINK_LISTEN */
  listen(options: ListenOptions): Promise<Listener>;
  /** @throws FtError FT_LINK_NOT_LOOPBACK */
  dial(target: DialTarget): Transport;
  /** Lets go of what it listens to. */
  close?(): void;
}

export interface DialTarget {
  /** Name of the host, which it has to prove where links have TLS. */
  readonly host: string;
  readonly address: string;
  readonly port: number;
}
