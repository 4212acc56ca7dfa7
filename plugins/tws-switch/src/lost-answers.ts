import { identityText, type MessageIdentity } from '@ftctl/plan';
import { isFtError } from '@ftctl/sdk';
import { MAX_PENDING_ASKED, type PendingQuestion, pendingRequest } from './channels.ts';
import { originOf } from './core/origin.ts';
import { type Desk, peerOf } from './desk.ts';
import type { Mailman } from './mailman.ts';
import { Retelling } from './retelling.ts';

/** Between two looks at the own requests that wait for an answer. */
const ASK_MS = 5_000;

export interface LostAnswersHooks {
  isOpen(to: string): boolean;
}

/**
 * An answer may be lost on its way to whoever asked: its manager was away, and
 * came back by a copy of the plan in which the request is settled. So each
 * workstation asks its manager now and then after its requests. What the manager
 * has heard of and does not know as pending, twice, was answered.
 */
export class LostAnswers {
  readonly #desk: Desk;
  readonly #mailman: Mailman;
  readonly #retelling: Retelling;
  readonly #hooks: LostAnswersHooks;
  #nextMs = 0;
  #settled = new Set<string>();

  constructor(desk: Desk, mailman: Mailman, hooks: LostAnswersHooks) {
    this.#desk = desk;
    this.#mailman = mailman;
    this.#retelling = new Retelling(desk, mailman);
    this.#hooks = hooks;
  }

  /** Asks, when it is time to. To be called now and then. */
  async look(): Promise<void> {
    const { roles, domain, self, ctx, book } = this.#desk;
    const nowMs = ctx.clock.monotonic();
    const manager = roles.managerOf(domain);
    if (nowMs < this.#nextMs || manager === self || !this.#hooks.isOpen(manager)) return;
    this.#nextMs = nowMs + ASK_MS;
    const own = book.plan.pending().filter(({ of }) => of.ws === self);
    if (own.length === 0) return;
    const of = own.slice(0, MAX_PENDING_ASKED).map((one) => one.of);
    try {
      const peer = peerOf(this.#desk, manager);
      const { settled } = await ctx.link.request(pendingRequest, peer, { of });
      await this.#settle(settled);
    } catch (error) {
      if (!isFtError(error)) throw error;
    }
  }

  /** The other side: which of these were heard here, and wait for no answer any more. */
  answer({ of }: PendingQuestion): { readonly settled: readonly MessageIdentity[] } {
    const { book } = this.#desk;
    const isHeard = (one: MessageIdentity) =>
      one.id <= (this.#mailman.marks.get(originOf(one)) ?? 0);
    return { settled: of.filter((one) => isHeard(one) && !book.isPending(one)) };
  }

  /** An answer that is only on its way has come by the second time. */
  async #settle(settled: readonly MessageIdentity[]): Promise<void> {
    const { book, commit } = this.#desk;
    const before = this.#settled;
    this.#settled = new Set(settled.map(identityText));
    const lost = settled.filter((of) => before.has(identityText(of)) && book.isPending(of));
    if (lost.length === 0) return;
    await commit((tx) => {
      for (const of of lost) this.#retelling.answered(tx, of);
    });
  }
}
