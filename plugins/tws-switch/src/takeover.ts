import { type Epoch, isLaterPlan, type PlanId, type WorkstationName } from '@ftctl/plan';
import { describeError, isFtError, type Log, type Transaction } from '@ftctl/sdk';
import { PULL_MESSAGES, pullRequest, type Ranges } from './channels.ts';
import { type Envelope, unseal, unwrapStored } from './core/envelope.ts';
import { originOf, parseOrigin } from './core/origin.ts';
import { fetchCounter } from './counter-blocks.ts';
import { type Desk, isEnhanced, peerOf } from './desk.ts';
import type { Ftboxes } from './ftboxes.ts';
import type { Incarnation } from './incarnation.ts';
import type { Mailman } from './mailman.ts';

/** A workstation that does not answer for so long is not waited for. */
const GATHER_MS = 400;
/** The same for one to which the link is down: time enough for a link to come up. */
const AWAY_MS = 100;
/** Answers of one core member that a gathering asks for at most: 1,000 messages each. */
const MAX_PULLS = 200;

interface Told {
  readonly from: WorkstationName;
  readonly plan: PlanId;
  readonly marks: ReadonlyMap<string, number>;
}

export interface GatherResult {
  /** Who could not be asked. */
  readonly silent: readonly WorkstationName[];
  /** Messages that came from other core members. */
  readonly pulled: number;
  /** Ids that somebody has applied and nobody reachable can supply. */
  readonly missing: Ranges;
}

export interface TakeoverHooks {
  /** Takes a copy of a later plan from there. @throws FtError */
  fetch(from: WorkstationName): Promise<void>;
  commit(apply: (tx: Transaction) => void): Promise<void>;
  /** A session of that workstation into us is open: what it holds comes by itself. */
  isComing(ws: WorkstationName): boolean;
  /** A session to that workstation is open. */
  isOpen(to: WorkstationName): boolean;
}

/**
 * The second step of a switch (decision 11): before the new manager opens, it
 * tells everybody in reach of its epoch, hears what they have, fetches a later
 * plan, and pulls what it lacks itself.
 */
export class Takeover {
  readonly #desk: Desk;
  readonly #mailman: Mailman;
  readonly #boxes: Ftboxes;
  readonly #incarnation: Incarnation;
  readonly #hooks: TakeoverHooks;
  /** Core members that are still to be compared with; and those with which that is under way. */
  readonly #due = new Set<WorkstationName>();
  readonly #comparing = new Set<WorkstationName>();

  constructor(
    desk: Desk,
    { mailman, boxes, incarnation }: { mailman: Mailman; boxes: Ftboxes; incarnation: Incarnation },
    hooks: TakeoverHooks,
  ) {
    this.#desk = desk;
    this.#mailman = mailman;
    this.#boxes = boxes;
    this.#incarnation = incarnation;
    this.#hooks = hooks;
  }

  async gather(epoch: Epoch): Promise<GatherResult> {
    if (!isEnhanced(this.#desk)) return { silent: [], pulled: 0, missing: {} };
    const asked = this.#everybody();
    const told = await Promise.all(asked.map((ws) => this.#ask(ws, epoch)));
    const answers = told.filter((one) => one !== undefined);
    const heard = new Set(answers.map(({ from }) => from));
    for (const { from, marks } of answers) this.#boxes.hear(from, marks);
    await this.#fetchLaterPlan(answers);
    const pulled = await this.#pull(answers);
    return {
      silent: asked.filter((ws) => !heard.has(ws)),
      pulled,
      missing: this.#lacking(answers),
    };
  }

  /**
   * As manager: core members are in reach that may not have been at the switch, or
   * somebody has begun anew, whose old messages only core members have.
   */
  meet(names: readonly WorkstationName[]): void {
    for (const name of names) if (this.#isCore(name)) this.#due.add(name);
    this.look();
  }

  /** Compares with those who could not be heard before. To be called now and then. */
  look(): void {
    for (const name of this.#due) {
      if (this.#comparing.has(name)) continue;
      this.#compare(name).catch((error: unknown) => this.#desk.broken(describeError(error)));
    }
  }

  async #compare(from: WorkstationName): Promise<void> {
    const { roles, domain } = this.#desk;
    this.#due.delete(from);
    // When it acts, or the session opens, they meet anew.
    if (!isEnhanced(this.#desk) || !roles.acting() || !this.#hooks.isOpen(from)) return;
    this.#comparing.add(from);
    try {
      const told = await this.#ask(from, roles.epochOf(domain));
      if (!roles.acting()) return;
      if (told === undefined) this.#due.add(from);
      else await this.#pullAll(told, [told]);
    } catch (error) {
      if (!isFtError(error)) throw error;
      this.#due.add(from);
    } finally {
      this.#comparing.delete(from);
    }
  }

  /** The other side of `pullRequest`: messages that this core member still holds, by origin in order. */
  supply(ranges: Ranges): { readonly sealed: readonly string[] } {
    const { own, ftup, ftdown } = this.#desk.stores;
    const found = new Map<string, string>();
    for (const log of [ftup, ftdown, own]) collect(log, ranges, found);
    return { sealed: [...found.values()].slice(0, PULL_MESSAGES) };
  }

  /** Members, the core above, and the cores below. */
  #everybody(): readonly WorkstationName[] {
    const { tree, domain, self } = this.#desk;
    const parent = tree.parentOf(domain);
    const names = [
      ...tree.coreOf(domain),
      ...tree.plainOf(domain),
      ...(parent === undefined ? [] : tree.coreOf(parent)),
      ...tree.childrenOf(domain).flatMap(({ name }) => tree.coreOf(name)),
    ];
    return names.filter((name) => name !== self);
  }

  async #ask(from: WorkstationName, epoch: Epoch): Promise<Told | undefined> {
    const { log, link } = this.#desk.ctx;
    const { host } = peerOf(this.#desk, from);
    const isAway = link.peers().some((peer) => peer.host === host && !peer.up);
    try {
      const asked = { epoch, timeoutMs: isAway ? AWAY_MS : GATHER_MS };
      const { counter, plan } = await fetchCounter(this.#desk, from, asked);
      if (counter.kind === 'marks') return { from, plan, marks: counter.marks };
      log.warn(`the event counter of ${from} was not heard before the switch: ${counter.why}`);
    } catch (error) {
      if (!isFtError(error)) throw error;
      log.debug(`${from} was not heard before the switch: ${describeError(error)}`);
    }
    return undefined;
  }

  async #fetchLaterPlan(answers: readonly Told[]): Promise<void> {
    const { ctx, book } = this.#desk;
    for (const { from, plan } of answers) {
      const own = book.plan.header?.plan ?? { epoch: 0, run: 0 };
      if (!isLaterPlan(plan, own) || !this.#isCore(from)) continue;
      try {
        await this.#hooks.fetch(from);
      } catch (error) {
        if (!isFtError(error)) throw error;
        ctx.log.warn(`plan ${plan.run} not fetched from ${from}: ${describeError(error)}`);
      }
    }
  }

  /**
   * From each core member what it has and this one lacks. A core member holds only
   * what it would send on, so there may be holes: what its origin can send itself
   * is left to come from there, for the rest the member's copy of the plan is taken.
   */
  async #pull(answers: readonly Told[]): Promise<number> {
    let pulled = 0;
    for (const told of answers) {
      if (!this.#isCore(told.from)) continue;
      try {
        pulled += await this.#pullAll(told, answers);
      } catch (error) {
        if (!isFtError(error)) throw error;
        this.#desk.ctx.log.warn(`nothing more pulled from ${told.from}: ${describeError(error)}`);
      }
    }
    return pulled;
  }

  async #pullAll({ from, marks }: Told, answers: readonly Told[]): Promise<number> {
    const pulled = await this.#pullFrom(from, marks);
    const lacking = Object.keys(this.#lackingOf(marks));
    if (lacking.some((origin) => !this.#willCome(origin, answers))) await this.#hooks.fetch(from);
    return pulled;
  }

  async #pullFrom(from: WorkstationName, marks: ReadonlyMap<string, number>): Promise<number> {
    const { link } = this.#desk.ctx;
    let pulled = 0;
    for (let turn = 0; turn < MAX_PULLS; turn += 1) {
      const ranges = this.#lackingOf(marks);
      if (Object.keys(ranges).length === 0) break;
      const { sealed } = await link.request(pullRequest, peerOf(this.#desk, from), { ranges });
      const taken = await this.#take(sealed);
      pulled += taken;
      if (taken === 0) break;
    }
    return pulled;
  }

  /** The origin, or who runs its domain below, is there and still holds what this workstation lacks. */
  #willCome(origin: string, answers: readonly Told[]): boolean {
    const { tree, domain } = this.#desk;
    const { ws = '', inc = 0 } = parseOrigin(origin) ?? {};
    // One that has begun anew has lost what it said before.
    if ((this.#incarnation.knownOf(ws)?.inc ?? 0) > inc) return false;
    const child = tree.childTowards(ws, domain);
    const holders = child === undefined ? [ws] : tree.coreOf(child);
    const isThere = (name: WorkstationName) =>
      this.#hooks.isComing(name) || answers.some(({ from }) => from === name);
    return holders.some(isThere);
  }

  /** What comes from below, the core wants without exception: each id follows the one before. */
  async #take(sealed: readonly string[]): Promise<number> {
    const envelopes = sealed.map(unseal).sort((a, b) => a.message.id - b.message.id);
    let taken = 0;
    await this.#hooks.commit((tx) => {
      for (const envelope of envelopes) {
        const prev = this.#mailman.marks.get(originOf(envelope.message)) ?? 0;
        if (envelope.message.id !== prev + 1) continue;
        if (this.#mailman.take(tx, { ...envelope, prev }) === 'accept') taken += 1;
      }
    });
    return taken;
  }

  #isCore(ws: WorkstationName): boolean {
    return this.#desk.tree.coreOf(this.#desk.domain).includes(ws);
  }

  /** Of what comes from below; the rest comes from the domain above, which holds it for each core member. */
  #lackingOf(marks: ReadonlyMap<string, number>): Ranges {
    const { tree, domain } = this.#desk;
    const ranges: Record<string, readonly [number, number]> = {};
    for (const [origin, id] of marks) {
      const ws = parseOrigin(origin)?.ws ?? '';
      if (!tree.topology.workstations.has(ws) || !tree.isBelow(ws, domain)) continue;
      const own = this.#mailman.marks.get(origin) ?? 0;
      if (id > own) ranges[origin] = [own, id];
    }
    return ranges;
  }

  #lacking(answers: readonly Told[]): Ranges {
    const most = new Map<string, number>();
    for (const { from, marks } of answers) {
      // Only of what passes through this domain can anything be lacking here.
      if (!this.#isCore(from)) continue;
      for (const [origin, id] of marks) most.set(origin, Math.max(id, most.get(origin) ?? 0));
    }
    return this.#lackingOf(most);
  }
}

function collect(log: Log<Envelope>, ranges: Ranges, found: Map<string, string>): void {
  for (let after = log.bounds().first - 1; found.size < PULL_MESSAGES; ) {
    const page = log.readEncoded(after);
    for (const { value } of page) {
      const { message, sealed } = unwrapStored(value);
      const origin = originOf(message);
      const [from = 0, to = 0] = ranges[origin] ?? [];
      if (message.id > from && message.id <= to) found.set(`${origin}/${message.id}`, sealed);
    }
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.seq;
  }
}
