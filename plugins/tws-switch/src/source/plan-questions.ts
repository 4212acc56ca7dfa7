import { askReader, type PlanAnswer, type PlanQuestion, SymphonyReader } from '@ftctl/plan/queries';
import { sleep } from '@ftctl/sdk';
import type { Desk } from '../desk.ts';
import { sourceErrors } from './errors.ts';

/** Questions that wait for those before them. */
const MAX_WAITING = 8;
/** The part of its time that this workstation spends on watchers. */
const SHARE = 0.1;

/**
 * Answers questions about the plan from memory, for watchers who have no mirror at
 * present: one at a time, in slices, and with a pause that is as much longer as
 * the answer took, so that scheduling does not feel them however many they are.
 */
export class PlanQuestions {
  readonly #desk: Desk;
  readonly #reader: SymphonyReader;
  #tail: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(desk: Desk) {
    this.#desk = desk;
    const { book, tree, ctx } = desk;
    this.#reader = new SymphonyReader({ plan: book.plan, tree }, () => sleep(ctx.clock, 0));
  }

  /** @throws FtError FT_SOURCE_NOT_MASTER, FT_SOURCE_NO_PLAN, FT_SOURCE_BUSY */
  async ask(question: PlanQuestion): Promise<PlanAnswer> {
    const { book, mirrorbox, self: workstation } = this.#desk;
    if (!mirrorbox.isMaster) throw sourceErrors.NOT_MASTER({ workstation });
    if (book.plan.header === undefined) throw sourceErrors.NO_PLAN({ workstation });
    if (this.#waiting >= MAX_WAITING) throw sourceErrors.BUSY({ workstation });
    this.#waiting += 1;
    const answer = this.#tail.then(() => this.#answer(question));
    this.#tail = answer.catch(() => undefined).then((spentMs) => this.#rest(spentMs));
    return (await answer).answer;
  }

  async #answer(question: PlanQuestion) {
    const { clock } = this.#desk.ctx;
    const beganMs = clock.monotonic();
    const answer = await askReader(this.#reader, question);
    return { answer, spentMs: clock.monotonic() - beganMs };
  }

  async #rest(done: { readonly spentMs: number } | undefined): Promise<void> {
    this.#waiting -= 1;
    await sleep(this.#desk.ctx.clock, ((done?.spentMs ?? 0) * (1 - SHARE)) / SHARE);
  }
}
