import {
  type Command,
  type CommandPart,
  isLaterPlan,
  keyOf,
  type Message,
  type MessageIdentity,
  NO_PLAN,
  type Part,
  type PartKey,
  type PlanHeader,
  type PlanId,
  runOf,
  samePlan,
  scoped,
  type WorkstationName,
} from '@ftctl/plan';
import type { Transaction } from '@ftctl/sdk';
import {
  boxRequest,
  MAX_COPY_PAGES,
  type OpenAnswer,
  type SnapshotPage,
  snapshotRequest,
} from './channels.ts';
import { newcomerEvents, submittedInto, unendedOf } from './core/batchman/newcomers.ts';
import { type Envelope, unseal } from './core/envelope.ts';
import { originOf } from './core/origin.ts';
import { targetsOf } from './core/routing.ts';
import { type Desk, peerOf, viewOf } from './desk.ts';
import type { Direction, Ftboxes } from './ftboxes.ts';
import type { Incarnation } from './incarnation.ts';
import type { Mailman } from './mailman.ts';
import type { PlanDefinitions } from './plan-definitions.ts';
import { Recalling } from './recalling.ts';
import { Retelling } from './retelling.ts';
import type { Roads } from './roads.ts';
import { snapshotErrors } from './snapshot-errors.ts';

/**
 * What a copy brings of the other's ftboxes: `all`, for a core member that has
 * missed messages of its neighbours; `unknown`, what another, of whom it had all
 * already, did not have.
 */
export type BoxesTaken = 'none' | 'unknown' | 'all';

/** Parts that one commit takes in. */
const CHUNK_PARTS = 2_000;

/** The plan of another workstation, as it came. */
interface Copy {
  readonly from: WorkstationName;
  readonly first: SnapshotPage;
  readonly parts: readonly Part[];
  /** When it came, it was of a later plan that this workstation was to turn to. */
  readonly isLater: boolean;
  /** Those behind this workstation hear from it what the copy brings. */
  readonly isTold: boolean;
}

export interface InitialiserHooks {
  /** Parts of this workstation's own that must stay although the new plan has them not. */
  keeps(key: PartKey): boolean;
  /** A command for this workstation that the roads will not bring any more. */
  execute(tx: Transaction, of: MessageIdentity, command: Command): void;
  /** The other side knows an incarnation of this workstation that it does not know itself. */
  forgotten(known: NonNullable<OpenAnswer['known']>): void;
  /**
   * The newest plan that may be worked with, in this commit: the event that told it
   * may be behind the copy. Answers whether that is news.
   */
  announced(tx: Transaction, plan: PlanId): boolean;
  /** All of these are in the plan here: what messages told of them may be behind the copy. */
  taken(tx: Transaction, parts: readonly Part[]): void;
  /** The plan here gives way to that of the root domain's manager, although it is later. */
  isVoid(): boolean;
}

/**
 * Takes a copy of the plan from another workstation into this one. What is newer
 * here stays. Marks are raised in the last commit, so that a crash in between
 * only means to begin again.
 */
export class Initialiser {
  readonly #desk: Desk;
  readonly #mailman: Mailman;
  readonly #roads: Roads;
  readonly #boxes: Ftboxes;
  readonly #definitions: PlanDefinitions;
  readonly #incarnation: Incarnation;
  readonly #retelling: Retelling;
  readonly #hooks: InitialiserHooks;

  constructor(
    desk: Desk,
    {
      mailman,
      roads,
      boxes,
      definitions,
      incarnation,
    }: {
      mailman: Mailman;
      roads: Roads;
      boxes: Ftboxes;
      definitions: PlanDefinitions;
      incarnation: Incarnation;
    },
    hooks: InitialiserHooks,
  ) {
    this.#desk = desk;
    this.#mailman = mailman;
    this.#roads = roads;
    this.#boxes = boxes;
    this.#definitions = definitions;
    this.#incarnation = incarnation;
    this.#retelling = new Retelling(desk, mailman);
    this.#hooks = hooks;
  }

  /**
   * @param boxes what to take of the other's ftboxes as well
   * @param boxed with `unknown`: up to where the boxes of others were taken, by origin
   * @returns all marks of the other side
   * @throws FtError of the link, or of the other side
   */
  async fetch(
    from: WorkstationName,
    boxes: BoxesTaken = 'none',
    boxed: ReadonlyMap<string, number> = new Map(),
  ): Promise<Readonly<Record<string, number>>> {
    const { ctx } = this.#desk;
    const peer = peerOf(this.#desk, from);
    if (this.#mayBeMaster(from)) await this.#definitions.follow(from);
    const first = await ctx.link.request(snapshotRequest, peer, { page: 0 });
    const forgotten = this.#incarnation.forgottenIn(first.known ?? {});
    if (forgotten !== undefined) {
      this.#hooks.forgotten(forgotten);
      throw snapshotErrors.FORGOTTEN({ from, inc: forgotten.inc, mark: forgotten.mark });
    }
    const pages: SnapshotPage[] = [first];
    for (let page = 1; pages.at(-1)?.more === true; page += 1) {
      if (page >= MAX_COPY_PAGES) throw snapshotErrors.TOO_LARGE({ pages: page });
      pages.push(await ctx.link.request(snapshotRequest, peer, { token: first.token, page }));
    }
    const parts = pages.flatMap((one) => one.parts);
    // Behind boxes nothing is to be told: they hold it.
    const isLater = this.#isLater(first, from);
    const copy: Copy = { from, first, parts, isLater, isTold: boxes !== 'all' };
    await this.#learn(copy);
    if (boxes === 'all') await this.#copyBoxes(peer, first.known ?? {});
    else if (boxes === 'unknown') {
      const isWanted = (one: Message) => one.id > (boxed.get(originOf(one)) ?? 0);
      await this.#takeBoxes(peer, isWanted);
    }
    await this.#desk.commit((tx) => this.#finish(tx, copy));
    return first.known ?? {};
  }

  /** Requests of an earlier incarnation that nobody has heard of went with its store. */
  settleOwn(tx: Transaction, heard: ReadonlyMap<string, number>): void {
    const { book, self } = this.#desk;
    const { inc } = this.#mailman.identity;
    for (const { of } of [...book.plan.pending()]) {
      if (of.ws !== self || of.inc === inc) continue;
      if (of.id > (heard.get(originOf(of)) ?? 0)) this.#retelling.answered(tx, of);
    }
  }

  /** Both run the root domain: what plans are made from is with those alone. */
  #mayBeMaster(from: WorkstationName): boolean {
    const { tree, self } = this.#desk;
    const core = tree.coreOf(tree.root);
    return core.includes(self) && core.includes(from);
  }

  /** All but requests, which take effect with the marks, and what the plan here has left behind. */
  async #learn(copy: Copy): Promise<void> {
    // Definitions first: by them is known who is to be told of a state.
    const rounds = [
      copy.parts.flatMap(definitionOf),
      copy.parts.filter(({ kind }) => kind !== 'command'),
    ];
    for (const round of rounds) {
      for (let at = 0; at < round.length; at += CHUNK_PARTS) {
        const chunk = round.slice(at, at + CHUNK_PARTS);
        await this.#desk.commit((tx) => {
          for (const part of chunk) this.#take(tx, part, copy);
        });
      }
    }
  }

  #take(tx: Transaction, part: Part, { isTold }: Copy, isOfLaterPlan = false): void {
    if (isTold) this.#retelling.learn(tx, part, isOfLaterPlan);
    else this.#desk.book.merge(part, isOfLaterPlan);
  }

  #finish(tx: Transaction, copy: Copy): void {
    const { from, first, parts } = copy;
    const { header, marks = {}, announced } = first;
    for (const part of parts) if (part.kind === 'command') this.#takeRequest(tx, part);
    this.#settle(tx, from, first, parts);
    if (header !== undefined && this.#isLater(first, from)) this.#turnTo(tx, header, copy);
    else if (copy.isLater) this.#desk.book.dropAhead();
    if (announced !== undefined && this.#hooks.announced(tx, announced)) {
      this.#retelling.passOnPlan(tx, announced);
    }
    this.#mailman.raise(tx, marks);
    this.#hooks.taken(tx, parts);
  }

  /**
   * From the plan here to that of the copy, as one step: which of the two counts is
   * decided by who manages the root domain now, not when the copy was asked for.
   */
  #turnTo(tx: Transaction, header: PlanHeader, copy: Copy): void {
    const { book } = this.#desk;
    const { run } = header.plan;
    const before = book.plan.header?.plan.run ?? 0;
    const recalling = new Recalling(this.#desk, this.#mailman, this.#retelling.isDue, {
      // Before a plan that is void, this plan's own instances may have gone to the archive too.
      before: run + (this.#hooks.isVoid() ? 1 : 0),
    });
    book.setHeader(tx, header);
    this.#mailman.forgetLost();
    const left = copy.parts.filter(
      (part) => isOfPlan(part) && book.plan.part(keyOf(part)) === undefined,
    );
    for (const part of [...left.flatMap(definitionOf), ...left]) {
      const recall = recalling.before(part);
      this.#take(tx, part, copy, true);
      recall?.(tx);
    }
    const kept = new Set(copy.parts.map(keyOf));
    for (const key of this.#carryOn(tx, before, kept)) kept.add(key);
    // What was submitted while the copy travelled.
    for (const key of submittedInto(book.plan, run)) kept.add(key);
    for (const part of [...book.plan.parts()]) {
      const key = keyOf(part);
      // Of the new run: added meanwhile as well.
      if (runOf(part.id) === run || kept.has(key) || !isOfPlan(part)) continue;
      // Of a plan that is void by now; nobody has worked with it.
      if (runOf(part.id) > run) book.remove(key);
      else if (!this.#hooks.keeps(key)) book.archive(key);
    }
  }

  /**
   * A new master may have been given work before it heard of a plan that the master
   * before it had made: that work was accepted, and goes on in the other plan.
   *
   * @returns what else of the plan before must stay for it
   */
  #carryOn(tx: Transaction, before: number, kept: ReadonlySet<PartKey>): readonly PartKey[] {
    const { book, roles, domain, tree } = this.#desk;
    if (domain !== tree.root || !roles.acting()) return [];
    const left = unendedOf(book.plan, before);
    const isLeft = (kind: 'job' | 'stream') => (def: { readonly id: string }) =>
      !kept.has(`${kind}/${def.id}`);
    const streams = left.streams.filter(isLeft('stream')).map((def) => book.resubmit(def));
    const jobs = left.jobs.filter(isLeft('job')).map((def) => book.resubmit(def));
    if (streams.length + jobs.length === 0) return [];
    const events = newcomerEvents(book.plan, { streams, jobs });
    for (const event of events) this.#mailman.emit(tx, event);
    return events.flatMap((event) => [
      ...event.streams.map(({ id }): PartKey => `stream/${id}`),
      ...event.jobs.map(({ id }): PartKey => `job/${id}`),
    ]);
  }

  /**
   * The copy is of a later plan, and whole: a manager below, or an agent that is not
   * full-status, knows of a plan only what it needs.
   */
  #isLater({ header }: SnapshotPage, from: WorkstationName): boolean {
    const { tree, domain, book } = this.#desk;
    const theirs = tree.domainOf(from);
    const isNear = theirs === domain || theirs === tree.parentOf(domain);
    const [plan, own] = [header?.plan ?? NO_PLAN, book.plan.header?.plan ?? NO_PLAN];
    if (!isNear || !tree.coreOf(theirs).includes(from)) return false;
    return isLaterPlan(plan, own) || (this.#hooks.isVoid() && plan.run > 0 && !samePlan(plan, own));
  }

  #takeRequest(tx: Transaction, part: CommandPart): void {
    const { book, self } = this.#desk;
    const { of, owner, answered, command } = part;
    const isNew = of.id > (this.#mailman.marks.get(originOf(of)) ?? 0);
    // It was heard here, and is settled by now: the copy comes from somebody who does not know.
    if (!isNew && !book.isPending(of)) return;
    book.merge(part);
    if (!isNew || answered || command === undefined || owner === undefined) return;
    if (owner === self) this.#hooks.execute(tx, of, command);
    else this.#retelling.passOn(tx, of, { k: 'command', owner, command });
  }

  /** Requests that are pending here and were known there, but are not pending any more. */
  #settle(
    tx: Transaction,
    from: WorkstationName,
    { known = {} }: SnapshotPage,
    parts: readonly Part[],
  ): void {
    const scope = { ...viewOf(this.#desk), reader: from };
    const pending = new Set(parts.map(keyOf));
    for (const part of this.#desk.book.plan.pending()) {
      const isHeard = part.of.id <= (known[originOf(part.of)] ?? 0);
      const isTold = scoped(scope, part) !== undefined;
      if (isHeard && isTold && !pending.has(keyOf(part))) this.#retelling.answered(tx, part.of);
    }
  }

  /** All of the other's is here before anything of this one's gives way: the other may die meanwhile. */
  async #copyBoxes(
    peer: { readonly host: string },
    known: Readonly<Record<string, number>>,
  ): Promise<void> {
    const own = originOf({ ws: this.#desk.self, ...this.#mailman.identity });
    const content: Record<Direction, Envelope[]> = { up: [], down: [] };
    for (const direction of ['up', 'down'] as const) {
      for await (const page of this.#boxPages(peer, direction)) {
        content[direction].push(...page.filter(({ message }) => originOf(message) !== own));
      }
    }
    await this.#desk.commit((tx) => {
      this.#boxes.replace(tx, own, known, content);
      for (const direction of ['up', 'down'] as const) {
        for (const envelope of content[direction]) this.#sendOn(tx, direction, envelope);
      }
    });
  }

  async #takeBoxes(
    peer: { readonly host: string },
    isWanted: (message: Message) => boolean,
  ): Promise<void> {
    for (const direction of ['up', 'down'] as const) {
      for await (const page of this.#boxPages(peer, direction)) {
        const wanted = page.filter(({ message }) => isWanted(message));
        await this.#desk.commit((tx) => {
          for (const envelope of wanted) this.#keep(tx, direction, envelope);
        });
      }
    }
  }

  async *#boxPages(
    peer: { readonly host: string },
    direction: Direction,
  ): AsyncGenerator<readonly Envelope[]> {
    const { ctx } = this.#desk;
    for (let after = 0, more = true; more; ) {
      const page = await ctx.link.request(boxRequest, peer, { direction, after });
      yield page.records.map(({ sealed }) => unseal(sealed));
      after = page.records.at(-1)?.seq ?? after;
      more = page.more;
    }
  }

  #keep(tx: Transaction, direction: Direction, envelope: Envelope): void {
    const { tree, domain } = this.#desk;
    const targets = targetsOf(tree, domain, envelope.message)[direction];
    this.#boxes.append(tx, direction, targets, envelope);
    this.#sendOn(tx, direction, envelope);
  }

  /** A road that was replayed before the copy came does not look into the box again. */
  #sendOn(tx: Transaction, direction: Direction, { message, sealed }: Envelope): void {
    const { tree, domain, roles } = this.#desk;
    if (!roles.acting()) return;
    for (const target of targetsOf(tree, domain, message)[direction]) {
      this.#roads.append(tx, target, message, sealed);
    }
  }
}

function definitionOf(part: Part): readonly Part[] {
  if (!('def' in part)) return [];
  const { kind, id, def } = part;
  return [{ kind, id, def } as Part];
}

/** Streams, jobs and prompts belong to a plan; workstations and voters outlive it. */
function isOfPlan({ kind }: Part): boolean {
  return kind === 'job' || kind === 'stream' || kind === 'prompt';
}
