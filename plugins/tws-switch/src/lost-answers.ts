import { identityText, type MessageIdentity, type WorkstationName } from '@ftctl/plan';
import { isFtError } from '@ftctl/sdk';
import { MAX_PENDING_ASKED, type PendingQuestion, pendingRequest } from './channels.ts';
import { originOf } from './core/origin.ts';
import { type Desk, peerOf } from './desk.ts';
import type { Mailman } from './mailman.ts';
import { Retelling } from './retelling.ts';

/** Between two looks at the requests that wait for an answer. */
const ASK_MS = 5_000;

export interface LostAnswersHooks {
  isOpen(to: WorkstationName): boolean;
}

/**
 * An answer may be lost on its way: a manager was away, and came back by a copy of
 * the plan in which the request is settled, or such a copy came before the request
 * itself. So a workstation asks its manager now and then after the requests that
 * it believes to be pending, and a manager a full-status agent. What the other has
 * heard of and does not know as pending, twice, was answered.
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
    const { ctx, book } = this.#desk;
    const nowMs = ctx.clock.monotonic();
    const knowing = this.#whoKnows();
    if (nowMs < this.#nextMs || knowing === undefined) return;
    this.#nextMs = nowMs + ASK_MS;
    const of = book.plan.pending().map((one) => one.of);
    if (of.length === 0) return;
    try {
      const question = { of: of.slice(0, MAX_PENDING_ASKED) };
      const peer = peerOf(this.#desk, knowing);
      const { settled } = await ctx.link.request(pendingRequest, peer, question);
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
    const { book, commit, self } = this.#desk;
    const before = this.#settled;
    this.#settled = new Set(settled.map(identityText));
    const lost = settled.filter((of) => before.has(identityText(of)) && book.isPending(of));
    if (lost.length === 0) return;
    await commit((tx) => {
      for (const of of lost) {
        if (of.ws === self) this.#retelling.answered(tx, of);
        else book.forget(of);
      }
    });
  }

  #whoKnows(): WorkstationName | undefined {
    const { tree, roles, domain, self } = this.#desk;
    const manager = roles.managerOf(domain);
    const knowing = manager === self ? tree.coreOf(domain).filter((ws) => ws !== self) : [manager];
    return knowing.find((ws) => this.#hooks.isOpen(ws));
  }
}
