import {
  isLaterPlan,
  NO_PLAN,
  type PlanId,
  samePlan,
  type Tree,
  type WorkstationName,
} from '@ftctl/plan';
import { describeError, isFtError, sleep, type Transaction } from '@ftctl/sdk';
import { offerRequest } from './channels.ts';
import { type Desk, peerOf } from './desk.ts';
import { networkMessages } from './messages.ts';
import { ONLY } from './stores.ts';
import { tellVoid } from './telling.ts';

const RETRY_MS = 250;
/** Copies that did not bring the wanted plan are asked for more and more seldom, up to this. */
const MAX_RETRY_MS = 2_000;
/** A full-status agent that cannot store a plan for so long is unfit, and the plan goes on without it. */
const OFFER_LIMIT_MS = 10_000;

export interface TurnoverHooks {
  /** True when everything of its own that was made so far is on the manager's disk. */
  shipped(manager: WorkstationName): boolean;
  isOpen(to: WorkstationName): boolean;
  /** Takes a copy of the plan from there. @throws FtError */
  fetch(from: WorkstationName): Promise<void>;
  /** Tells everybody of a plan, in this commit. */
  announce(tx: Transaction, plan: PlanId): void;
  /** Agents that do not count, because they are known not to be fit. */
  isUnfit(ws: WorkstationName): boolean;
  /** Another plan is here, or may be worked with now: look at `waitsFor`. */
  changed(): void;
  commit(apply: (tx: Transaction) => void): Promise<void>;
}

/**
 * How a new plan comes to everybody: first onto the disks of the master's
 * full-status agents, then it is announced, and each workstation fetches its
 * part when what it did by the old plan has been told (decision 11, Turnover).
 */
export class Turnover {
  readonly #desk: Desk;
  readonly #hooks: TurnoverHooks;
  #offering = false;
  #fetching: Promise<void> | undefined;
  #wanted: PlanId;
  /** Who was last heard to have the wanted plan. */
  #holder: WorkstationName | undefined;
  #announced: PlanId;
  #stopped = false;

  constructor(desk: Desk, hooks: TurnoverHooks) {
    this.#desk = desk;
    this.#hooks = hooks;
    this.#announced = desk.stores.announced.get(ONLY) ?? NO_PLAN;
    this.#wanted = this.#announced;
  }

  stop(): void {
    this.#stopped = true;
  }

  /** The newest plan that may be worked with. */
  get announced(): PlanId {
    return this.#announced;
  }

  /** The newest plan that is on this disk and that others may know of. */
  get open(): PlanId {
    return isLaterPlan(this.stored, this.#announced) ? this.#announced : this.stored;
  }

  /** The newest plan that is on this disk. What is still on its way there may be lost, so nobody is told of it. */
  get stored(): PlanId {
    return this.#desk.stores.header.get(ONLY)?.plan ?? NO_PLAN;
  }

  get plan(): PlanId {
    return this.#desk.book.plan.header?.plan ?? NO_PLAN;
  }

  /** Why this workstation does not work with the newest plan yet; undefined when it does. */
  get waitsFor(): string | undefined {
    if (isLaterPlan(this.#wanted, this.plan)) return `plan ${this.#wanted.run} is to be fetched`;
    if (isLaterPlan(this.plan, this.announced)) return `plan ${this.plan.run} is not announced yet`;
    return undefined;
  }

  /**
   * The newest plan on this disk was made under an earlier epoch of the root domain
   * and never announced: whoever manages that by now has opened without it.
   */
  get isVoid(): boolean {
    const { tree, roles, self } = this.#desk;
    if (!isLaterPlan(this.plan, this.#announced) || roles.managerOf(tree.root) === self)
      return false;
    return roles.epochOf(tree.root).number > this.plan.epoch;
  }

  /** Roles have changed: a plan may be void by now, and gives way to that of the manager. */
  look(): void {
    if (this.#isMaster() && this.#isLost(this.#wanted)) this.#forgo();
    if (!this.isVoid) return;
    if (this.#fetching === undefined) tellVoid(this.#desk, this.plan);
    void this.#fetchWanted();
  }

  /** A plan was announced, in this commit; answers whether that is news. */
  heard(tx: Transaction, plan: PlanId): boolean {
    if (!isLaterPlan(plan, this.#announced)) return false;
    this.#announce(tx, plan);
    this.want(plan);
    if (!isLaterPlan(this.#wanted, this.plan)) this.#hooks.changed();
    return true;
  }

  /** Somebody has a later plan: `from`, where it is known. Fetched when it is sure that it was announced, or when we are to run the domain. */
  want(plan: PlanId, from?: WorkstationName): void {
    if (isLaterPlan(plan, this.#wanted)) this.#wanted = plan;
    if (samePlan(plan, this.#wanted) && from !== undefined) this.#holder = from;
    if (isLaterPlan(this.#wanted, this.plan)) void this.#fetchWanted();
  }

  /** As master: brings a plan that is not announced yet to everybody. Safe to call at any time. */
  async bringOut(): Promise<void> {
    if (this.#offering || !this.#isMaster()) return;
    this.#offering = true;
    try {
      while (!this.#stopped && this.#isMaster() && isLaterPlan(this.plan, this.announced)) {
        // On disk before anybody hears of it.
        await this.#hooks.commit(() => undefined);
        await this.#offer(this.plan);
      }
    } finally {
      this.#offering = false;
    }
  }

  /** The other side of `offerRequest`: which plan is stored here by now. */
  offered(plan: PlanId): { readonly stored: PlanId } {
    if (isLaterPlan(plan, this.plan)) this.want(plan);
    return { stored: this.stored };
  }

  #announce(tx: Transaction, plan: PlanId): void {
    this.#announced = plan;
    tx.put(this.#desk.stores.announced, ONLY, plan);
  }

  async #offer(plan: PlanId): Promise<void> {
    const { tree, ctx, self } = this.#desk;
    const missing = new Set(fullStatusOf(tree).filter((ws) => ws !== self));
    const startMs = ctx.clock.monotonic();
    while (missing.size > 0 && !this.#stopped && this.#isMaster()) {
      for (const ws of [...missing]) {
        if (this.#hooks.isUnfit(ws) || (await this.#hasStored(ws, plan))) missing.delete(ws);
      }
      if (missing.size === 0) break;
      if (ctx.clock.monotonic() - startMs > OFFER_LIMIT_MS) {
        const { run } = this.plan;
        for (const agent of missing) {
          ctx.messages.emit(networkMessages.FTTW011W({ agent, run }));
        }
        break;
      }
      await sleep(ctx.clock, RETRY_MS);
    }
    if (this.#stopped || !this.#isMaster() || !samePlan(plan, this.plan)) return;
    await this.#hooks.commit((tx) => {
      if (!this.#isMaster()) return;
      this.#announce(tx, plan);
      this.#hooks.announce(tx, plan);
    });
    this.#hooks.changed();
  }

  async #hasStored(ws: WorkstationName, plan: PlanId): Promise<boolean> {
    if (!this.#hooks.isOpen(ws)) return false;
    const { ctx } = this.#desk;
    try {
      const { stored } = await ctx.link.request(offerRequest, peerOf(this.#desk, ws), { plan });
      return !isLaterPlan(plan, stored);
    } catch (error) {
      if (!isFtError(error)) throw error;
      ctx.log.debug(`plan not offered to ${ws}: ${describeError(error)}`);
      return false;
    }
  }

  async #fetchWanted(): Promise<void> {
    this.#fetching ??= this.#fetchAll().finally(() => {
      this.#fetching = undefined;
    });
    await this.#fetching;
  }

  async #fetchAll(): Promise<void> {
    const { ctx } = this.#desk;
    let pauseMs = RETRY_MS;
    while (!this.#stopped && this.#isWanting) {
      const source = this.#source();
      if (source !== undefined && this.#hooks.isOpen(source) && this.#hooks.shipped(source)) {
        try {
          await this.#hooks.fetch(source);
          pauseMs = Math.min(pauseMs * 2, MAX_RETRY_MS);
          this.#forgo();
        } catch (error) {
          if (!isFtError(error)) throw error;
          ctx.log.debug(`plan not fetched from ${source}: ${describeError(error)}`);
        }
      }
      if (this.#isWanting) await sleep(ctx.clock, pauseMs);
    }
    if (!this.#stopped) this.#hooks.changed();
  }

  get #isWanting(): boolean {
    return isLaterPlan(this.#wanted, this.plan) || this.isVoid;
  }

  /** Nobody had it, or was in reach who had it, when this epoch began: so nobody works with it. */
  #isLost(plan: PlanId): boolean {
    const { tree, roles } = this.#desk;
    return isLaterPlan(plan, this.#announced) && roles.epochOf(tree.root).number > plan.epoch;
  }

  /** A copy did not bring what somebody was heard to have: nobody announced it, so it may be lost by now. */
  #forgo(): void {
    if (isLaterPlan(this.#wanted, this.plan)) this.#wanted = this.#announced;
  }

  /** The manager of the domain; for a manager the one above; for the master whoever has it of its full-status agents. */
  #source(): WorkstationName | undefined {
    const { tree, domain, roles, self } = this.#desk;
    const manager = roles.managerOf(domain);
    if (manager !== self) return manager;
    const parent = tree.parentOf(domain);
    if (parent !== undefined) return roles.managerOf(parent);
    return this.#holder !== undefined && fullStatusOf(tree).includes(this.#holder)
      ? this.#holder
      : undefined;
  }

  #isMaster(): boolean {
    const { tree, domain, roles } = this.#desk;
    return domain === tree.root && roles.acting();
  }
}

function fullStatusOf(tree: Tree): readonly WorkstationName[] {
  return tree.coreOf(tree.root);
}
