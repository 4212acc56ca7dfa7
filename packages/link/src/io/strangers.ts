import type { Socket } from 'node:net';
import type { Clock, Timer } from '@ftctl/sdk';
import { MAX_STRANGERS } from '../core/limits.ts';

/**
 * Connections that have not said yet who they are. Each has a time limit from
 * its first moment on, whatever it is slow with; when there are too many the
 * oldest has to go, so that a crowd of silent ones cannot keep a real peer out.
 */
export class Strangers {
  readonly #clock: Clock;
  readonly #limitMs: number;
  readonly #offended: (address: string, why: string) => void;
  /** Oldest first. */
  readonly #waiting = new Map<Socket, Timer>();
  readonly #cut = new WeakSet<Socket>();

  constructor(clock: Clock, limitMs: number, offended: (address: string, why: string) => void) {
    this.#clock = clock;
    this.#limitMs = limitMs;
    this.#offended = offended;
  }

  add(socket: Socket): void {
    const timer = this.#clock.setTimer(this.#limitMs, () => {
      this.#evict(socket, `said not who it is within ${this.#limitMs} ms`);
    });
    this.#waiting.set(socket, timer);
    socket.once('close', () => this.greet(socket));
    if (this.#waiting.size <= MAX_STRANGERS) return;
    const [oldest] = this.#waiting.keys();
    if (oldest !== undefined) this.#evict(oldest, 'too many connections wait at once');
  }

  /** Whether it was written down and cut here. */
  wasCut(socket: Socket): boolean {
    return this.#cut.has(socket);
  }

  /** It is known now who this is, or it has gone. */
  greet(socket: Socket): void {
    this.#waiting.get(socket)?.cancel();
    this.#waiting.delete(socket);
  }

  #evict(socket: Socket, why: string): void {
    this.greet(socket);
    this.#cut.add(socket);
    this.#offended(addressOf(socket), why);
    socket.destroy();
  }
}

export function addressOf(socket: Socket): string {
  return `${socket.remoteAddress ?? 'unknown'}:${socket.remotePort ?? 0}`;
}
