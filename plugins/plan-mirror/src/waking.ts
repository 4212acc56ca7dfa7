import { type Clock, sleep } from '@ftctl/sdk';

/** Sleep that ends early: by the doorbell of the log, an operator, or the end of the mirror. */
export class Waking {
  readonly #clock: Clock;
  #wake: () => void = () => undefined;
  #stopped = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** There is something to do. */
  wake(): void {
    this.#wake();
  }

  /** Nobody sleeps from now on. */
  stop(): void {
    this.#stopped = true;
    this.#wake();
  }

  /** @param until asked when it is woken: whether that is what was waited for */
  async sleep(ms: number, until: () => boolean = () => true): Promise<void> {
    const endMs = this.#clock.monotonic() + ms;
    while (!this.#stopped) {
      const leftMs = endMs - this.#clock.monotonic();
      if (leftMs < 1) return;
      const woken = new Promise<boolean>((resolve) => {
        this.#wake = () => resolve(true);
      });
      const isWoken = await Promise.race([woken, sleep(this.#clock, leftMs).then(() => false)]);
      if (isWoken && until()) return;
    }
  }
}
