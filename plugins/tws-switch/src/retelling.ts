import {
  keyOf,
  type MessageIdentity,
  newsOf,
  type Part,
  type PartEvent,
  type PlanEvent,
  type PlanId,
  runOf,
} from '@ftctl/plan';
import type { Transaction } from '@ftctl/sdk';
import { refusals, refused } from './core/refusals.ts';
import type { Desk } from './desk.ts';
import { isCore, isEnhanced } from './desk.ts';
import type { Mailman } from './mailman.ts';

/**
 * What a core member learns from a copy of the plan never passed through it as
 * messages, so those behind it would miss it: it says it again, as messages of
 * its own with the versions of the owners.
 */
export class Retelling {
  readonly #desk: Desk;
  readonly #mailman: Mailman;

  constructor(desk: Desk, mailman: Mailman) {
    this.#desk = desk;
    this.#mailman = mailman;
  }

  /** Whether this workstation sends on what it hears, or may be the one to do so. */
  get isDue(): boolean {
    return isCore(this.#desk) && (isEnhanced(this.#desk) || this.#desk.roles.acting());
  }

  /** Takes in a part of a copy that is no request, and tells what is new. */
  learn(tx: Transaction, part: Part, isOfLaterPlan: boolean): void {
    const { book } = this.#desk;
    const before = book.plan.part(keyOf(part));
    book.merge(part, isOfLaterPlan);
    const after = book.plan.part(keyOf(part));
    if (after === undefined || !this.isDue) return;
    for (const event of newsOf(before, after)) {
      if (!this.#isOfLaterPlan(event)) this.#mailman.emit(tx, event);
    }
  }

  /** That a plan may be worked with was told by a message that a copy stands for: those behind hear it from here. */
  passOnPlan(tx: Transaction, plan: PlanId): void {
    if (this.isDue) this.#mailman.emit(tx, { k: 'plan', plan });
  }

  /** A request that came with a copy goes on as its origin has made it: it is executed once. */
  passOn(tx: Transaction, of: MessageIdentity, event: PlanEvent): void {
    if (this.isDue) this.#mailman.passOn(tx, of, event);
  }

  /** A request that is not pending any more in a copy that knew it: what was answered, nobody can say. */
  answered(tx: Transaction, of: MessageIdentity): void {
    if (this.isDue || of.ws === this.#desk.self) {
      const outcome = refused(refusals.ANSWER_LOST());
      this.#mailman.emit(tx, { k: 'answer', of, outcome });
    } else this.#desk.book.forget(of);
  }

  /**
   * Objects of a later plan: each workstation fetches that plan itself, but may have
   * done so before something was submitted into it.
   */
  #isOfLaterPlan(event: PartEvent): boolean {
    if (event.k !== 'add') return false;
    const run = this.#desk.book.plan.header?.plan.run ?? 0;
    const added = [...event.streams, ...event.jobs].filter(
      ({ submitted }) => submitted === undefined,
    );
    return [...added, ...event.prompts].some(({ id }) => runOf(id) > run);
  }
}
