import type { SeededRandom } from '../random.ts';

/** How good the network between two hosts is, in one direction. */
export interface PathQuality {
  /** Time a packet takes, virtual milliseconds, drawn between the two. */
  readonly delayMs: readonly [number, number];
  /** Share of packets lost. On a connection a lost packet comes late; a beat is gone. */
  readonly loss: number;
  /** Share of beats that arrive twice. */
  readonly duplicate: number;
  /** Whether beats may overtake each other. */
  readonly reorder: boolean;
  /** Bytes that get through in a millisecond; all that travels the path shares them. */
  readonly bytesPerMs: number;
}

export const GOOD_PATH: PathQuality = {
  delayMs: [0.2, 2],
  loss: 0,
  duplicate: 0,
  reorder: false,
  bytesPerMs: Number.POSITIVE_INFINITY,
};

/** A packet on its way through a path. */
export interface Passage {
  readonly arrivesInMs: number;
  /** When its first byte goes into the path: after what waits before it. */
  readonly startsAt: number;
  /** When its last byte has gone into the path. */
  readonly endsAt: number;
}

export type Block = 'silent' | 'reset';

/** Time after which TCP sends a lost packet again; doubled with each further loss. */
export const RETRANSMISSION_MS = 200;
const MAX_RETRANSMISSIONS = 6;
/** What a router keeps for a path that is too narrow, in time; beats beyond it are dropped. */
const MAX_BACKLOG_MS = 500;

/** The paths between the hosts of a world, each direction by itself: how good, how full, cut or not. */
export class Paths {
  readonly #random: SeededRandom;
  readonly #blocks = new Map<string, Block>();
  readonly #qualities = new Map<string, PathQuality>();
  /** When what is on its way through a narrow path is through. */
  readonly #busyUntil = new Map<string, number>();
  #quality: PathQuality;

  constructor(random: SeededRandom, quality: PathQuality) {
    this.#random = random;
    this.#quality = quality;
  }

  block(from: string, to: string, how: Block): void {
    this.#blocks.set(pathKey(from, to), how);
  }

  unblock(from: string, to: string): void {
    this.#blocks.delete(pathKey(from, to));
  }

  unblockAll(): void {
    this.#blocks.clear();
  }

  blocked(from: string, to: string): Block | undefined {
    return this.#blocks.get(pathKey(from, to));
  }

  /** Sets the quality of every path. */
  setAll(quality: Partial<PathQuality>): void {
    this.#quality = { ...this.#quality, ...quality };
    this.#qualities.clear();
    this.#busyUntil.clear();
  }

  /** Sets the quality of one direction. */
  set(from: string, to: string, quality: Partial<PathQuality>): void {
    const key = pathKey(from, to);
    this.#qualities.set(key, { ...this.#of(from, to), ...quality });
    this.#busyUntil.delete(key);
  }

  /** How a packet of a connection gets through, with what TCP adds for losses. */
  pass(from: string, to: string, bytes: number, now: number): Passage {
    const { delayMs, loss } = this.#of(from, to);
    let delay = this.#random.between(...delayMs);
    for (let tries = 0; tries < MAX_RETRANSMISSIONS && this.#random.chance(loss); tries += 1) {
      delay += RETRANSMISSION_MS * 2 ** tries;
    }
    const startsAt = now + this.#backlogMs(from, to, now);
    const endsInMs = this.#through(from, to, bytes, now);
    return { arrivesInMs: delay + endsInMs, startsAt, endsAt: now + endsInMs };
  }

  /** Times until the copies of a beat have arrived: none, one or two. */
  beatDelays(from: string, to: string, bytes: number, now: number): readonly number[] {
    const { delayMs, loss, duplicate } = this.#of(from, to);
    if (this.#random.chance(loss)) return [];
    if (this.#backlogMs(from, to, now) > MAX_BACKLOG_MS) return [];
    const throughMs = this.#through(from, to, bytes, now);
    const copies = this.#random.chance(duplicate) ? 2 : 1;
    return Array.from({ length: copies }, () => this.#random.between(...delayMs) + throughMs);
  }

  /**
   * A connection has ended: what it had handed to a narrow path and was not
   * through yet is dropped, and what comes after it need not wait for it.
   */
  release(from: string, to: string, passages: readonly Passage[], now: number): void {
    const key = pathKey(from, to);
    const left = passages.filter(({ endsAt }) => endsAt > now);
    const last = left.at(-1);
    // Others that wait in between are few; they keep the time that they were told.
    if (last === undefined || last.endsAt !== this.#busyUntil.get(key)) return;
    this.#busyUntil.set(key, Math.max(now, left[0]?.startsAt ?? now));
  }

  /** Whether beats may overtake each other. */
  reorders(from: string, to: string): boolean {
    return this.#of(from, to).reorder;
  }

  /** Takes its turn in the path; answers how long that lasts. */
  #through(from: string, to: string, bytes: number, now: number): number {
    const { bytesPerMs } = this.#of(from, to);
    if (bytesPerMs === Number.POSITIVE_INFINITY) return 0;
    const throughMs = this.#backlogMs(from, to, now) + bytes / bytesPerMs;
    this.#busyUntil.set(pathKey(from, to), now + throughMs);
    return throughMs;
  }

  #backlogMs(from: string, to: string, now: number): number {
    return Math.max(0, (this.#busyUntil.get(pathKey(from, to)) ?? 0) - now);
  }

  #of(from: string, to: string): PathQuality {
    return this.#qualities.get(pathKey(from, to)) ?? this.#quality;
  }
}

function pathKey(from: string, to: string): string {
  return `${from}>${to}`;
}
