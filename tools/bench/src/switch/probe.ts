import { setTimeout as sleep } from 'node:timers/promises';
import type { OpenCall } from '@ftctl/host';
import { limitOf } from './questions.ts';
import { PROBED, SHAPE } from './shape.ts';
import type { SwitchLab } from './switch-lab.ts';

/** Limits that are told apart; a round of them takes far longer than a switch. */
const VALUES = 1_000;
/** More often would take time from what is measured. */
export const LOOK_EVERY_MS = 10;
/** Callers that wait for an answer. */
const MAX_WAITING = 8;
const SEEN_WITHIN_MS = 60_000;
/** Where events of the domain are watched: the manager above. */
const WATCHER = 'master';

/**
 * A stream of events from outside: an agent's limit is changed again and again,
 * and another domain's manager is asked which value it has. Between the two
 * nobody but the acting manager of the agent's domain routes.
 */
export class Probe {
  readonly #lab: SwitchLab;
  /** When each value was asked for, ms of the monotonic clock. */
  readonly #sentMs = new Map<number, number>();
  readonly #waiting = new Set<OpenCall<unknown>>();
  #stopped = false;
  #next = 0;
  #failure: unknown;
  #loop: Promise<void> = Promise.resolve();

  constructor(lab: SwitchLab) {
    this.#lab = lab;
  }

  start(): void {
    this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#loop;
    for (const call of this.#waiting) call.cut();
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Waits until an event has arrived that was made after `sinceMs`; resolves to the time then. */
  async arrived(sinceMs: number): Promise<number> {
    const end = performance.now() + SEEN_WITHIN_MS;
    while (performance.now() < end) {
      const value = await limitOf(this.#lab, WATCHER, PROBED);
      if ((this.#sentMs.get(value) ?? 0) >= sinceMs) return performance.now();
      await sleep(LOOK_EVERY_MS);
    }
    throw new Error(`no event from ${PROBED} arrived at ${WATCHER} for ${SEEN_WITHIN_MS} ms`);
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      await this.#send();
      await sleep(SHAPE.probeEveryMs);
    }
  }

  /** The answer comes with custody, which takes a manager: nobody waits for it for long. */
  async #send(): Promise<void> {
    const value = (this.#next % VALUES) + 1;
    this.#next += 1;
    this.#sentMs.set(value, performance.now());
    const args = { selection: PROBED, value: String(value) };
    const call = await this.#lab.open(PROBED, 'limit', args);
    this.#waiting.add(call);
    call.answer
      .catch((error: unknown) => {
        if (this.#waiting.has(call) && !this.#stopped) this.#failure ??= error;
      })
      .finally(() => this.#waiting.delete(call));
    const [oldest] = this.#waiting;
    if (this.#waiting.size <= MAX_WAITING || oldest === undefined) return;
    this.#waiting.delete(oldest);
    oldest.cut();
  }
}
