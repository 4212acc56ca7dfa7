import type { Clock, Timer } from '@ftctl/sdk';
import type { RawData, WebSocket } from 'ws';
import type { Transport, TransportEvents } from './transport.ts';

/** Time that a side gets to take its last frames and close, before it is cut. */
const CLOSE_LIMIT_MS = 500;

/** The part of a socket that tells how much has come in. */
interface CountingSocket {
  readonly bytesRead: number;
}

/** A WebSocket as a transport. */
export class WsTransport implements Transport {
  readonly address: string;
  readonly #ws: WebSocket;
  readonly #clock: Clock;
  #events: TransportEvents | undefined;
  #socket: CountingSocket | undefined;
  #error: string | undefined;
  #turn: NodeJS.Immediate | undefined;
  #closing: Timer | undefined;

  /** `socket` is known from the start on the accepting side, on the dialing one after the upgrade. */
  constructor(ws: WebSocket, address: string, clock: Clock, socket?: CountingSocket) {
    this.#ws = ws;
    this.address = address;
    this.#clock = clock;
    this.#socket = socket;
  }

  start(events: TransportEvents): void {
    this.#events = events;
    this.#ws.on('upgrade', (response) => {
      this.#socket = response.socket;
    });
    this.#ws.on('open', () => events.opened());
    this.#ws.on('message', (data, isBinary) => {
      const bytes = asBytes(data);
      if (isBinary) events.bytes(bytes);
      else events.text(bytes.toString('utf8'));
    });
    this.#ws.on('error', (error) => {
      this.#error = error.message;
      if (isProtocolError(error)) events.offended(error.message);
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

/** Errors of the WebSocket protocol, as ws names them; all others are of the network. */
function isProtocolError(error: Error & { code?: unknown }): boolean {
  return typeof error.code === 'string' && error.code.startsWith('WS_ERR_');
}

function closeReason(code: number): string {
  if (code === 1000) return 'the peer closed the connection';
  return code === 1006 ? 'the connection broke' : `the connection was closed with code ${code}`;
}
