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
 * it believes to be pending, and a manager a full-status agent and the manager next
 * to it on the way to who is to answer. What the other has heard of and does not
 * know as pending, twice, was answered. An answer that waits for its request, of
 * which a copy has told although the request does not come here, is forgotten.
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
    const { clock } = this.#desk.ctx;
    if (clock.monotonic() < this.#nextMs) return;
    this.#nextMs = clock.monotonic() + ASK_MS;
    const settled: MessageIdentity[] = [];
    for (const [knowing, of] of this.#questions()) settled.push(...(await this.#ask(knowing, of)));
    await this.#settle(settled);
    const { book, commit } = this.#desk;
    const past = this.#mailman.pastAnswers();
    if (past.length === 0) return;
    await commit(() => {
      for (const of of past) book.forget(of);
    });
  }

  async #ask(
    knowing: WorkstationName,
    of: readonly MessageIdentity[],
  ): Promise<readonly MessageIdentity[]> {
    const { link } = this.#desk.ctx;
    const question = { of: of.slice(0, MAX_PENDING_ASKED) };
    try {
      return (await link.request(pendingRequest, peerOf(this.#desk, knowing), question)).settled;
    } catch (error) {
      if (!isFtError(error)) throw error;
      return [];
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

  /** Who is asked after which requests. */
  #questions(): ReadonlyMap<WorkstationName, readonly MessageIdentity[]> {
    const { tree, roles, domain, self, book } = this.#desk;
    const manager = roles.managerOf(domain);
    const agents = tree.coreOf(domain).filter((ws) => ws !== self);
    const near = (manager === self ? agents : [manager]).find((ws) => this.#hooks.isOpen(ws));
    const questions = new Map<WorkstationName, MessageIdentity[]>();
    for (const { of, owner } of book.plan.pending()) {
      const next = manager === self && owner !== undefined ? this.#towards(owner) : undefined;
      for (const ws of [near, next]) {
        if (ws === undefined) continue;
        const about = questions.get(ws) ?? [];
        questions.set(ws, about);
        about.push(of);
      }
    }
    return questions;
  }

  /** The manager next to this one on the way to a workstation of another domain. */
  #towards(owner: WorkstationName): WorkstationName | undefined {
    const { tree, roles, domain } = this.#desk;
    if (tree.domainOf(owner) === domain) return undefined;
    const isBelow = tree.isBelow(owner, domain);
    const next = isBelow ? tree.childTowards(owner, domain) : tree.parentOf(domain);
    const manager = next === undefined ? undefined : roles.managerOf(next);
    return manager !== undefined && this.#hooks.isOpen(manager) ? manager : undefined;
  }
}
