import { simErrors } from './errors.ts';
import { EventQueue, type SimEvent } from './event-queue.ts';
import { hash } from './random.ts';
import { installRealWorldGuard, type OnReached, runGuarded, takeYielded } from './real-world.ts';

export interface Scheduled {
  cancel(): void;
}

export interface SchedulerOptions {
  readonly seed: string;
  /** Most events in the life of a world; more means an endless loop. Default 20,000,000. */
  readonly maxEvents?: number;
  /** Called when the code of an event reaches the real clock, timers or chance. */
  readonly onReached?: OnReached;
}

/** Most events at one virtual time: more means that time cannot go on. */
const MAX_EVENTS_AT_ONE_TIME = 200_000;

/** Held from before any test replaces the global timers. */
const macrotask = globalThis.setImmediate;

/**
 * Virtual time, milliseconds from 0 with a resolution of a microsecond, and
 * the queue of what will happen. Events of one actor at the same time keep
 * their order; between actors the seed decides.
 */
export class Scheduler {
  readonly #queue = new EventQueue();
  readonly #seed: string;
  readonly #maxEvents: number;
  readonly #onReached: OnReached;
  #now = 0;
  #order = 0;
  #eventsAtThisTime = 0;
  #running = false;
  #onTurn: (() => void) | undefined;

  constructor(options: SchedulerOptions) {
    this.#seed = options.seed;
    this.#maxEvents = options.maxEvents ?? 20_000_000;
    this.#onReached = options.onReached ?? (() => undefined);
    installRealWorldGuard();
  }

  get now(): number {
    return this.#now;
  }

  /** How many events have been scheduled so far. */
  get scheduled(): number {
    return this.#order;
  }

  /** Calls `check` after each event and its promises; what it throws ends the run. */
  onTurn(check: () => void): void {
    this.#onTurn = check;
  }

  /** Schedules `run` for virtual time `at`, or for now when that has passed. */
  at(at: number, actor: string, run: () => void): Scheduled {
    const time = Math.max(this.#now, Math.round(at * 1000) / 1000);
    const rank = hash(`${this.#seed}:${actor}:${time}`);
    const event: SimEvent = { at: time, rank, order: this.#order, run, cancelled: false };
    this.#order += 1;
    this.#queue.push(event);
    return {
      cancel: () => {
        event.cancelled = true;
      },
    };
  }

  after(delayMs: number, actor: string, run: () => void): Scheduled {
    return this.at(this.#now + Math.max(0, delayMs), actor, run);
  }

  /**
   * Runs event after event until `done` answers true (asked before each) or
   * virtual time would pass `until`. Time then stands at the last event, or at
   * `until`. Answers whether `done` did.
   */
  async run(until: number, done: () => boolean = () => false): Promise<boolean> {
    if (this.#running) throw simErrors.MISUSE({ why: 'the world is running already' });
    this.#running = true;
    try {
      await turn();
      while (!done()) {
        const next = this.#queue.peek();
        if (next === undefined || next.at > until) {
          this.#advance(Math.max(this.#now, until));
          return done();
        }
        this.#queue.pop();
        if (!next.cancelled) await this.#perform(next);
      }
      return true;
    } finally {
      this.#running = false;
    }
  }

  async #perform(event: SimEvent): Promise<void> {
    this.#advance(event.at);
    this.#eventsAtThisTime += 1;
    if (this.#eventsAtThisTime > MAX_EVENTS_AT_ONE_TIME) {
      throw this.#endless(MAX_EVENTS_AT_ONE_TIME, 'at one time');
    }
    if (this.#order > this.#maxEvents) throw this.#endless(this.#maxEvents, 'in all');
    runGuarded(event.run, this.#onReached);
    await turn();
    // Code that yields once with `setImmediate` goes on within this event.
    if (takeYielded()) await turn();
    this.#onTurn?.();
  }

  #advance(time: number): void {
    if (time > this.#now) {
      this.#now = time;
      this.#eventsAtThisTime = 0;
    }
  }

  #endless(limit: number, scope: string) {
    return simErrors.TOO_MANY_EVENTS({ limit, at: this.#now, scope });
  }
}

/**
 * Node empties the microtask queue, with all that it queues in turn, before the
 * next macrotask; so after one turn every promise chain that does not wait for a
 * later event has run to its end. Code that awaits real input or output is not
 * in virtual time and cannot be waited for.
 */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    macrotask(resolve);
  });
}
