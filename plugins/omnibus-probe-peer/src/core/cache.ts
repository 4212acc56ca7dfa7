import { Queue } from './queue.ts';
import type { ProbeEvent } from './records.ts';
import { type Sighting, SightingIndex } from './sighting.ts';

/** An event that this probe received, and what became of it. */
export interface OwnEvent extends Sighting {
  readonly event: ProbeEvent;
  /** Monotonic time of the reading. */
  readonly receivedAtMs: number;
  /** Position in the outbox, 0 until it is stored there. */
  seq: number;
  /** Position in the cache's log, 0 when it was never stored there. */
  cacheSeq: number;
  state: 'cached' | 'forwarded' | 'done';
}

/** Most events that are remembered after they were forwarded. */
const MAX_REMEMBERED = 100_000;

/**
 * What the slave holds until it knows that the master has delivered it, in the
 * order of reception, and for a while also what it has forwarded itself: the
 * master may report the same events later, and each report stands for one.
 *
 * It lives inside the peer's state and is changed in place: it is large.
 */
export class Cache {
  readonly #waiting = new Queue<OwnEvent>();
  readonly #remembered = new Queue<OwnEvent>();
  readonly #index = new SightingIndex<OwnEvent>();
  #size = 0;

  /** Events that wait for the master's report. */
  get size(): number {
    return this.#size;
  }

  /** Holds an event back. */
  add(event: OwnEvent): void {
    event.state = 'cached';
    this.#waiting.push(event);
    this.#index.add(event);
    this.#size += 1;
  }

  /** Takes an event up again that an earlier life held back; `done` ones wait only to be trimmed. */
  recover(event: OwnEvent): void {
    if (event.state === 'done') this.#waiting.push(event);
    else this.add(event);
  }

  /** Remembers an event that was forwarded without waiting. */
  remember(event: OwnEvent): void {
    event.state = 'forwarded';
    this.#remembered.push(event);
    this.#index.add(event);
  }

  /** The master delivered what we know as this event; undefined when we do not have it. */
  settle(report: Sighting): OwnEvent | undefined {
    const event = this.#index.take(report);
    if (event === undefined) return undefined;
    if (event.state === 'cached') this.#size -= 1;
    event.state = 'done';
    return event;
  }

  /** Takes the oldest waiting events received until `untilMs`, at most `most`, to be forwarded. */
  forward(untilMs: number, most: number): OwnEvent[] {
    const taken: OwnEvent[] = [];
    for (const event of this.#waiting) {
      if (event.receivedAtMs > untilMs || taken.length === most) break;
      if (event.state !== 'cached') continue;
      event.state = 'forwarded';
      this.#remembered.push(event);
      this.#size -= 1;
      taken.push(event);
    }
    return taken;
  }

  /** Forgets all that waits: the classic reaction to a heartbeat. */
  clear(): void {
    for (const event of this.#waiting) {
      if (event.state !== 'cached') continue;
      event.state = 'done';
      this.#index.remove(event);
    }
    this.#size = 0;
  }

  /** Lets go of the events before the first that still waits: the cache's log can be trimmed there. */
  trim(): OwnEvent[] {
    const gone: OwnEvent[] = [];
    for (let head = this.#waiting.head; head !== undefined; head = this.#waiting.head) {
      if (head.state === 'cached') break;
      gone.push(head);
      this.#waiting.shift();
    }
    return gone;
  }

  /** Forgets forwarded events that were received before `beforeMs`, and what exceeds the bound. */
  forget(beforeMs: number): void {
    for (let head = this.#remembered.head; head !== undefined; head = this.#remembered.head) {
      if (head.receivedAtMs >= beforeMs && this.#remembered.length <= MAX_REMEMBERED) break;
      this.#index.remove(head);
      this.#remembered.shift();
    }
  }
}

/** Most reports kept for a copy that has not arrived yet. */
export const MAX_UNSEEN = 50_000;

/** What the master delivered, as it reported it. */
export interface Report extends Sighting {
  /** Of the master's store: `seq` counts there. */
  readonly incarnation: string;
}

/** Deliveries of the master whose copy has not arrived here: late, or lost on its way to us. */
export class UnseenReports {
  readonly #order = new Queue<{ readonly report: Report; readonly learntAtMs: number }>();
  readonly #index = new SightingIndex<Report>();

  add(report: Report, learntAtMs: number): void {
    this.#order.push({ report, learntAtMs });
    this.#index.add(report);
  }

  /** The report that stands for this event, which is delivered already then. */
  take(event: Sighting): Report | undefined {
    return this.#index.take(event);
  }

  /** Forgets what was learnt before `beforeMs`, and what exceeds the bound. */
  forget(beforeMs: number): Report[] {
    const gone: Report[] = [];
    for (let head = this.#order.head; head !== undefined; head = this.#order.head) {
      if (head.learntAtMs >= beforeMs && this.#order.length <= MAX_UNSEEN) break;
      this.#index.remove(head.report);
      this.#order.shift();
      gone.push(head.report);
    }
    return gone;
  }
}
