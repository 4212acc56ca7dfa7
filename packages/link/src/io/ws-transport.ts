import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Clock, Timer } from '@ftctl/sdk';
import type { RawData, WebSocket } from 'ws';
import type { ProvedPeer } from './credentials.ts';
import { certificateProblem, handshakeEnd, type Tls, WrongHostError } from './tls.ts';
import type { Transport, TransportEvents } from './transport.ts';

/** Time that a side gets to take its last frames and close, before it is cut. */
const CLOSE_LIMIT_MS = 500;

export interface WsTransportOptions {
  /** Known from the start on the accepting side, on the dialing one after the upgrade. */
  readonly socket?: Socket;
  /** Present where links have TLS: then the socket is one of it. */
  readonly tls?: Tls | undefined;
}

/** A WebSocket as a transport. */
export class WsTransport implements Transport {
  readonly address: string;
  readonly #ws: WebSocket;
  readonly #clock: Clock;
  #events: TransportEvents | undefined;
  readonly #tls: Tls | undefined;
  #socket: Socket | undefined;
  #proved: ProvedPeer | undefined;
  #error: string | undefined;
  #turn: NodeJS.Immediate | undefined;
  #closing: Timer | undefined;

  constructor(ws: WebSocket, address: string, clock: Clock, options: WsTransportOptions) {
    this.#ws = ws;
    this.address = address;
    this.#clock = clock;
    this.#tls = options.tls;
    if (options.socket !== undefined) this.#use(options.socket);
  }

  proved(): ProvedPeer | undefined {
    return this.#proved;
  }

  start(events: TransportEvents): void {
    this.#events = events;
    this.#ws.on('upgrade', (response) => this.#use(response.socket));
    this.#ws.on('open', () => events.opened());
    this.#ws.on('message', (data, isBinary) => {
      const bytes = asBytes(data);
      if (isBinary) events.bytes(bytes);
      else events.text(bytes.toString('utf8'));
    });
    this.#ws.on('error', (error) => {
      const problem = offenceOf(error);
      this.#error ??= problem ?? this.#handshakeEnd(error) ?? error.message;
      if (problem !== undefined) events.offended(problem);
    });
    this.#ws.on('close', (code) => this.#ended(code));
  }

  sendText(text: string): void {
    if (this.#isOpen()) this.#ws.send(text);
  }

  sendBytes(bytes: Uint8Array): void {
    if (this.#isOpen()) this.#ws.send(bytes, (error) => error ?? this.#wrote());
  }

  bufferedBytes(): number {
    return this.#ws.bufferedAmount;
  }

  bytesReceived(): number {
    return this.#socket?.bytesRead ?? 0;
  }

  close(): void {
    this.#ws.close(1000);
    this.#closing ??= this.#clock.setTimer(CLOSE_LIMIT_MS, () => this.#ws.terminate());
  }

  cut(): void {
    this.#ws.terminate();
  }

  #use(socket: Socket): void {
    this.#socket = socket;
    if (this.#tls === undefined) return;
    this.#proved = this.#tls.prove(socket as TLSSocket);
    if (this.#proved === undefined) return;
    this.#tls.watch(socket, this.#proved, (why) => {
      this.#error ??= why;
      if (this.#events === undefined) this.#ws.terminate();
      else this.#events.offended(why);
    });
  }

  /** The other side gave up before this was a link: why, as far as that can be told. */
  #handshakeEnd(error: Error): string | undefined {
    return this.#tls === undefined || this.#socket !== undefined ? undefined : handshakeEnd(error);
  }

  #isOpen(): boolean {
    return this.#ws.readyState === this.#ws.OPEN;
  }

  /** Told in a turn of its own: what waits in the other sockets comes first. */
  #wrote(): void {
    this.#turn ??= setImmediate(() => {
      this.#turn = undefined;
      if (this.#isOpen()) this.#events?.writable();
    });
  }

  #ended(code: number): void {
    this.#closing?.cancel();
    if (this.#turn !== undefined) clearImmediate(this.#turn);
    this.#events?.ended(this.#error ?? closeReason(code));
  }
}

function asBytes(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? Buffer.from(data) : data;
}

/** What the other side did wrong; undefined for an error of the network. */
function offenceOf(error: Error & { code?: unknown }): string | undefined {
  if (error instanceof WrongHostError) return error.message;
  // As ws names the errors of its protocol.
  if (typeof error.code === 'string' && error.code.startsWith('WS_ERR_')) return error.message;
  return certificateProblem(error.code);
}

function closeReason(code: number): string {
  if (code === 1000) return 'the peer closed the connection';
  return code === 1006 ? 'the connection broke' : `the connection was closed with code ${code}`;
}
