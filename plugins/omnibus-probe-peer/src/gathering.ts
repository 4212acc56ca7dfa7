import type { Clock, Timer } from '@ftctl/sdk';
import type { OwnEvent } from './core/cache.ts';

/** Events wait so long for others before they are stored together. */
const GATHER_MS = 5;
const MAX_GATHERED = 500;
/** Most events that wait for the disk; more are lost, which only UDP senders can bring about. */
const MAX_WAITING_EVENTS = 20_000;
/** TCP senders are held up when so many wait, and go on when so few do. */
const HOLD_WAITING_EVENTS = 10_000;
const RESUME_WAITING_EVENTS = 5_000;

export interface GatheringOptions {
  readonly clock: Clock;
  /** Events handed over that are not on disk yet. */
  readonly waiting: () => number;
  readonly store: (events: readonly OwnEvent[]) => void;
  /** Holds TCP senders up, or lets them go on. */
  readonly hold: (held: boolean) => void;
}

/** Gathers received events for common commits, and keeps their number in bounds. */
export class Gathering {
  readonly #options: GatheringOptions;
  #gathered: OwnEvent[] = [];
  #timer: Timer | undefined;
  #held = false;

  constructor(options: GatheringOptions) {
    this.#options = options;
  }

  /** True while TCP senders are held up: their sockets are not read then. */
  get held(): boolean {
    return this.#held;
  }

  /** True when there is no room for one more event. */
  get full(): boolean {
    return this.#options.waiting() + this.#gathered.length >= MAX_WAITING_EVENTS;
  }

  add(event: OwnEvent): void {
    this.#gathered.push(event);
    if (this.#gathered.length >= MAX_GATHERED) this.flush();
    else this.#timer ??= this.#options.clock.setTimer(GATHER_MS, () => this.flush());
    this.pace();
  }

  /** Hands over what was gathered. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#gathered.length === 0) return;
    const events = this.#gathered;
    this.#gathered = [];
    this.#options.store(events);
  }

  /** Holds senders up or lets them go on; called when what waits has changed. */
  pace(): void {
    const waiting = this.#options.waiting();
    const hold = this.#held ? waiting >= RESUME_WAITING_EVENTS : waiting >= HOLD_WAITING_EVENTS;
    if (hold === this.#held) return;
    this.#held = hold;
    this.#options.hold(hold);
  }
}
