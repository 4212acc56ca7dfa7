import type { Scheduled, Scheduler } from './scheduler.ts';

/** What wakes a process: its own timer, or something that came from outside. */
export type WakeKind = 'timer' | 'delivery';

export interface SimProcessOptions {
  readonly host: string;
  readonly plugin: string;
  /** Counts the lives of this plugin on this host, from 1. */
  readonly life: number;
  readonly scheduler: Scheduler;
  /** Called with what its code threw where nobody caught it. */
  readonly onUncaught: (process: SimProcess, error: unknown) => void;
}

/** Most wake-ups that a paused process may collect. */
const MAX_LATE = 1_000_000;

/**
 * One life of one plugin: from its start until it is killed or has stopped.
 * All its code runs through `enter`, so that a dead process does nothing more
 * and a paused one does everything late. JavaScript cannot be stopped in the
 * middle; instead every service of a dead process is inert: what it is asked
 * to do does not happen, and what it promised never settles.
 */
export class SimProcess {
  readonly host: string;
  readonly plugin: string;
  readonly life: number;
  readonly scheduler: Scheduler;
  /** Names this life in events, for their order. */
  readonly actor: string;
  readonly #onUncaught: (process: SimProcess, error: unknown) => void;
  readonly #onDeath: (() => void)[] = [];
  #late: { readonly kind: WakeKind; readonly run: () => void }[] = [];
  #dead = false;
  #paused = false;
  #catchingUp = false;
  #inside = false;
  #callsUntilDeath = Number.POSITIVE_INFINITY;
  #dieAtCall: (() => void) | undefined;

  constructor(options: SimProcessOptions) {
    this.host = options.host;
    this.plugin = options.plugin;
    this.life = options.life;
    this.scheduler = options.scheduler;
    this.actor = `${options.host}/${options.plugin}#${options.life}`;
    this.#onUncaught = options.onUncaught;
  }

  get alive(): boolean {
    return !this.#dead;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** Runs `run` as this process: now, after a pause, or, once dead, never. */
  enter(kind: WakeKind, run: () => void): void {
    if (this.#dead) return;
    // What this process does to itself, such as settling a promise, is part of its present step.
    if (!this.#inside && (this.#paused || this.#catchingUp)) {
      if (this.#late.length >= MAX_LATE) throw new RangeError('too many wake-ups while paused');
      this.#late.push({ kind, run });
      return;
    }
    this.#run(run);
  }

  /** Runs `run` as this process after a delay of virtual time. */
  schedule(delayMs: number, kind: WakeKind, run: () => void): Scheduled {
    return this.scheduler.after(delayMs, this.actor, () => this.enter(kind, run));
  }

  /** A promise whose outcome reaches the process's code only while it lives and is not paused. */
  promise<T>(
    start: (resolve: (value: T) => void, reject: (reason: unknown) => void) => void,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      start(
        (value) => this.enter('delivery', () => resolve(value)),
        (reason) => this.enter('delivery', () => reject(reason)),
      );
    });
  }

  /** What a dead process is promised. */
  never<T>(): Promise<T> {
    return new Promise(() => undefined);
  }

  /** Every service calls it first: false when the process is dead and the call must do nothing. */
  call(): boolean {
    if (this.#dead) return false;
    this.#callsUntilDeath -= 1;
    if (this.#callsUntilDeath > 0) return true;
    this.#dieAtCall?.();
    return !this.#dead;
  }

  /**
   * Lets `die` happen inside the n-th call to a service from now: between any
   * two steps of the plugin. Answers how to call it off.
   */
  dieAtCall(calls: number, die: () => void): () => void {
    const disarm = () => {
      if (this.#dieAtCall !== armed) return;
      this.#callsUntilDeath = Number.POSITIVE_INFINITY;
      this.#dieAtCall = undefined;
    };
    const armed = () => {
      disarm();
      die();
    };
    this.#callsUntilDeath = Math.max(1, calls);
    this.#dieAtCall = armed;
    return disarm;
  }

  onDeath(listener: () => void): void {
    this.#onDeath.push(listener);
  }

  die(): void {
    if (this.#dead) return;
    this.#dead = true;
    this.#late = [];
    for (const listener of this.#onDeath) listener();
  }

  pause(): void {
    this.#paused = true;
  }

  /**
   * Goes on. What came up meanwhile runs now, one thing after another;
   * `timersFirst` puts overdue timers before or after what came from outside,
   * undefined leaves all in the order of time.
   */
  resume(timersFirst?: boolean): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (timersFirst !== undefined) {
      const early: WakeKind = timersFirst ? 'timer' : 'delivery';
      this.#late = [
        ...this.#late.filter((item) => item.kind === early),
        ...this.#late.filter((item) => item.kind !== early),
      ];
    }
    if (!this.#catchingUp) this.#catchUp();
  }

  /** One event per late wake-up, so that promises run in between as they would have. */
  #catchUp(): void {
    this.#catchingUp = this.#late.length > 0;
    if (!this.#catchingUp) return;
    this.scheduler.after(0, this.actor, () => {
      if (this.#dead) return;
      if (this.#paused) {
        this.#catchingUp = false;
        return;
      }
      const next = this.#late.shift();
      if (next !== undefined) this.#run(next.run);
      this.#catchUp();
    });
  }

  #run(run: () => void): void {
    const outer = this.#inside;
    this.#inside = true;
    try {
      run();
    } catch (error) {
      if (!this.#dead) this.#onUncaught(this, error);
    } finally {
      this.#inside = outer;
    }
  }
}
