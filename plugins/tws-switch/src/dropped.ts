import type { WorkstationName } from '@ftctl/plan';
import { describeError, isFtError, type Transaction } from '@ftctl/sdk';
import { initialiseRequest } from './channels.ts';
import { type Desk, peerOf } from './desk.ts';

/**
 * Targets whose road grew over its limit: what was on it was given up, so they
 * are initialised again with a copy of the plan before anything else is sent.
 */
export class Dropped {
  readonly #desk: Desk;
  readonly #targets: Set<WorkstationName>;

  constructor(desk: Desk) {
    this.#desk = desk;
    this.#targets = new Set(desk.stores.dropped.entries().map(([target]) => target));
  }

  get targets(): ReadonlySet<WorkstationName> {
    return this.#targets;
  }

  has(target: WorkstationName): boolean {
    return this.#targets.has(target);
  }

  add(tx: Transaction, target: WorkstationName): void {
    this.#targets.add(target);
    tx.put(this.#desk.stores.dropped, target, true);
  }

  /** It has a copy of the plan, and its road begins behind it. */
  remove(tx: Transaction, target: WorkstationName): void {
    if (!this.#targets.delete(target)) return;
    tx.delete(this.#desk.stores.dropped, target);
  }

  /** As full-status agent: those that the manager has given up, whom this one must not forget when it takes over. */
  heard(tx: Transaction, targets: readonly WorkstationName[]): void {
    for (const target of [...this.#targets]) if (!targets.includes(target)) this.remove(tx, target);
    for (const target of targets) if (!this.#targets.has(target)) this.add(tx, target);
  }

  /** Asks a target to take a copy of the plan from here. */
  async initialise(target: WorkstationName): Promise<void> {
    const { ctx } = this.#desk;
    try {
      await ctx.link.request(initialiseRequest, peerOf(this.#desk, target), {});
    } catch (error) {
      if (!isFtError(error)) throw error;
      ctx.log.warn(`${target} was not told to be initialised again: ${describeError(error)}`);
    }
  }
}
