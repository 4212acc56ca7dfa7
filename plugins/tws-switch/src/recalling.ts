import { keyOf, newsOf, type Part, type Plan, runOf } from '@ftctl/plan';
import type { Transaction } from '@ftctl/sdk';
import type { Desk } from './desk.ts';
import type { Mailman } from './mailman.ts';

/**
 * A later plan may bring an instance back that had ended here by an earlier one
 * and went to the archive: whoever made that plan had not heard of it. What the
 * archive knows counts, and is told again. For one copy of a plan.
 */
export class Recalling {
  readonly #desk: Desk;
  readonly #mailman: Mailman;
  /** Whether others hear from here how it stands with a part that is not our own. */
  readonly #isDue: boolean;
  /** Instances of runs before it may be there. */
  readonly #before: number;
  #archived: Plan | undefined;

  constructor(
    desk: Desk,
    mailman: Mailman,
    isDue: boolean,
    { before }: { readonly before: number },
  ) {
    this.#desk = desk;
    this.#mailman = mailman;
    this.#isDue = isDue;
    this.#before = before;
  }

  /** A part of the copy is about to come that is not in this plan; answers what is to be done when it is. */
  before(part: Part): ((tx: Transaction) => void) | undefined {
    const { book } = this.#desk;
    const key = keyOf(part);
    if (!isOfInstance(part) || runOf(part.id) >= this.#before) return undefined;
    if (book.plan.part(key) !== undefined || !(this.#isDue || this.#isOwn(part))) return undefined;
    // Only then, for the archive may be long.
    this.#archived ??= book.archived();
    const known = this.#archived.part(key);
    return known === undefined ? undefined : (tx) => this.#recall(tx, known);
  }

  #recall(tx: Transaction, known: Part): void {
    const { book } = this.#desk;
    const before = book.plan.part(keyOf(known));
    book.merge(known, true);
    const after = book.plan.part(keyOf(known));
    if (after === undefined || after === before) return;
    for (const event of newsOf(before, after)) {
      // What it is was told by the copy.
      if (event.k !== 'add') this.#mailman.emit(tx, event);
    }
  }

  #isOwn(part: Part): boolean {
    const { tree, roles, self } = this.#desk;
    if (!isOfInstance(part) || part.def === undefined) return false;
    return tree.runnerOf(part.def.ws, (domain) => roles.managerOf(domain)) === self;
  }
}

function isOfInstance(part: Part): part is Extract<Part, { readonly kind: 'job' | 'stream' }> {
  return part.kind === 'job' || part.kind === 'stream';
}
