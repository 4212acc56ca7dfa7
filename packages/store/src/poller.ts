import { POLL_INTERVAL_MS } from './limits.ts';

/** Calls `look` again and again while somebody listens. */
export class Poller {
  readonly #look: () => void;
  readonly #intervalMs: () => number;
  #timer: NodeJS.Timeout | undefined;
  #users = 0;

  constructor(look: () => void, intervalMs: () => number = () => POLL_INTERVAL_MS) {
    this.#look = look;
    this.#intervalMs = intervalMs;
  }

  /** Returns how to stop. */
  use(): () => void {
    this.#users += 1;
    if (this.#users === 1) this.#wait();
    let used = true;
    return () => {
      if (!used) return;
      used = false;
      this.#users -= 1;
      if (this.#users === 0) clearTimeout(this.#timer);
    };
  }

  stop(): void {
    this.#users = 0;
    clearTimeout(this.#timer);
  }

  #wait(): void {
    this.#timer = setTimeout(() => {
      this.#look();
      if (this.#users > 0) this.#wait();
    }, this.#intervalMs()).unref();
  }
}
