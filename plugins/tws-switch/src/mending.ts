import type { WorkstationName } from '@ftctl/plan';
import { describeError, isFtError, type Transaction } from '@ftctl/sdk';
import type { OpenAnswer } from './channels.ts';
import { originOf } from './core/origin.ts';
import type { Desk } from './desk.ts';
import { isCore } from './desk.ts';
import type { Incarnation } from './incarnation.ts';
import type { Initialiser } from './initialiser.ts';
import type { Intake } from './intake.ts';

/** A full-status agent that is down may alone know what was launched: so long it is waited for. */
const REBOOT_MS = 30_000;

export interface MendingHooks {
  isOpen(to: WorkstationName): boolean;
  /** It has not been in reach for a while, by default for the time of a silent link: it is not waited for. */
  isAway(ws: WorkstationName, afterMs?: number): boolean;
  /** Into whom sessions are wanted. */
  neighbours(): readonly WorkstationName[];
  commit(apply: (tx: Transaction) => void): Promise<void>;
  /**
   * Another incarnation has its own parts back: it says all of them again, in this commit.
   *
   * @param heard of each origin the last id of which somebody told
   */
  learned(tx: Transaction, heard: ReadonlyMap<string, number>): void;
  /** Whether something is missing here is other than before. */
  changed(): void;
}

/**
 * Brings a workstation up to date that has missed messages: of which a sender
 * has told a gap, or because its store was restored. It takes a copy of the
 * plan, and a core member the ftboxes of its manager as well.
 */
export class Mending {
  readonly #desk: Desk;
  readonly #parts: {
    readonly intake: Intake;
    readonly initialiser: Initialiser;
    readonly incarnation: Incarnation;
  };
  readonly #hooks: MendingHooks;
  /** Who has told this incarnation what was known of the one before. */
  readonly #taught = new Set<WorkstationName>();
  /** What those knew of whom the ftboxes were taken, by origin. */
  readonly #boxed = new Map<string, number>();
  /** Of each origin the last id that one of them knew. */
  readonly #heard = new Map<string, number>();
  /** The same of those who hear all of this domain: of what they know, nothing is missing. */
  readonly #heardWhole = new Map<string, number>();
  /** What those in reach know of this workstation, as they said at the last opening. */
  readonly #met = new Map<WorkstationName, OpenAnswer['known']>();
  #underWay: string | undefined;
  #stopped = false;

  constructor(
    desk: Desk,
    parts: { intake: Intake; initialiser: Initialiser; incarnation: Incarnation },
    hooks: MendingHooks,
  ) {
    this.#desk = desk;
    this.#parts = parts;
    this.#hooks = hooks;
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Why nothing can be taken in while a copy is fetched. */
  get underWay(): string | undefined {
    return this.#underWay;
  }

  /** Why this workstation must not become manager now. */
  get lacks(): string | undefined {
    const { intake, incarnation } = this.#parts;
    if (incarnation.learning) return 'restored, and not up to date yet';
    const [from] = intake.broken;
    return from === undefined ? undefined : `messages of ${from} are missing`;
  }

  /** A session into a neighbour opens, which knows this of us. */
  met(ws: WorkstationName, known: OpenAnswer['known']): void {
    this.#met.set(ws, known);
  }

  /** Fetches what is missing, one thing at a time. To be called when a session opens, and now and then. */
  look(): void {
    if (this.#underWay !== undefined || this.#stopped || this.lacks === undefined) return;
    const { incarnation, intake } = this.#parts;
    const sources = [...intake.broken].map((broken) => this.#sourceFor(broken));
    const teachers = this.#teachers();
    if (incarnation.learning && teachers.length === 0) {
      this.#learnFromNobody();
      return;
    }
    const wanted = incarnation.learning ? teachers : sources;
    const from = wanted.find((name) => this.#hooks.isOpen(name));
    if (from === undefined) return;
    this.#underWay = `a copy of the plan is fetched from ${from}`;
    this.#hooks.changed();
    void this.#mend(from).finally(() => {
      this.#underWay = undefined;
      this.#hooks.changed();
    });
  }

  async #mend(from: WorkstationName): Promise<void> {
    const { initialiser, intake, incarnation } = this.#parts;
    const { tree, domain, roles } = this.#desk;
    const isFromCore = tree.coreOf(domain).includes(from);
    // A manager has in its boxes what the other may lack.
    const isBetter = incarnation.learning
      ? this.#boxed.size === 0
      : roles.managerOf(domain) === from;
    const withBoxes = isCore(this.#desk) && isFromCore && isBetter;
    try {
      const isOther = incarnation.learning && isCore(this.#desk) && isFromCore;
      const boxes = withBoxes ? 'all' : isOther ? 'unknown' : 'none';
      const known = await initialiser.fetch(from, boxes, this.#boxed);
      if (incarnation.learning && boxes !== 'none') raiseAll(this.#boxed, known);
      // Another domain's manager sends on only behind a copy of its own.
      const others = [...intake.broken].filter((one) => one !== from && !this.#isOfDomain(one));
      for (const one of withBoxes ? others : []) await initialiser.fetch(one);
      if (incarnation.learning) this.#note(from, known);
      await this.#hooks.commit((tx) => {
        this.#learn(tx);
        const mended = withBoxes ? [...intake.broken] : [from];
        for (const one of mended) intake.mended(tx, one);
      });
    } catch (error) {
      if (!isFtError(error)) throw error;
      this.#desk.ctx.log.warn(`no copy of the plan from ${from}: ${describeError(error)}`);
    }
  }

  /** It runs its domain alone: there is nobody who could know more. */
  #learnFromNobody(): void {
    // A commit that fails is told by the workstation, which begins anew.
    this.#hooks.commit((tx) => this.#learn(tx)).catch(() => undefined);
  }

  #learn(tx: Transaction): void {
    if (!this.#parts.incarnation.learning || this.#teachers().length > 0) return;
    this.#parts.incarnation.learned(tx);
    this.#taught.clear();
    this.#boxed.clear();
    this.#hooks.learned(tx, this.#heard);
  }

  #note(teacher: WorkstationName, known: Readonly<Record<string, number>>): void {
    const { tree, domain } = this.#desk;
    this.#taught.add(teacher);
    raiseAll(this.#heard, known);
    if (tree.coreOf(domain).includes(teacher)) raiseAll(this.#heardWhole, known);
  }

  #isOfDomain(ws: WorkstationName): boolean {
    return this.#desk.tree.domainOf(ws) === this.#desk.domain;
  }

  /** A full-status agent takes all from the manager, who has what every sender has let go of. */
  #sourceFor(broken: WorkstationName): WorkstationName {
    const { domain, roles, self } = this.#desk;
    const manager = roles.managerOf(domain);
    return isCore(this.#desk) && manager !== self ? manager : broken;
  }

  /**
   * Who must still tell what this workstation said before: its manager, and the
   * full-status agents in reach, one of whom may know alone what was launched while
   * the manager was away; of a manager's own, all of its full-status agents, since
   * each may have a part alone, and the manager above, to whom it went as well.
   * Whoever was manager before has sent on at once: then neighbours may know more
   * than all of those, each another part, for nobody but the core hears all.
   */
  #teachers(): readonly WorkstationName[] {
    const { tree, domain, roles, self } = this.#desk;
    const manager = roles.managerOf(domain);
    const parent = tree.parentOf(domain);
    const agents = tree.coreOf(domain).filter((name) => name !== self);
    const above = parent === undefined ? [] : [roles.managerOf(parent)];
    const others = agents.filter(
      (name) => name !== manager && !this.#hooks.isAway(name, REBOOT_MS),
    );
    const isNew = (name: WorkstationName) => !this.#taught.has(name);
    const first = (manager === self ? [...agents, ...above] : [manager, ...others]).filter(isNew);
    // By then most of them know nothing more.
    if (first.length > 0) return first;
    return this.#hooks.neighbours().filter((ws) => isNew(ws) && this.#mayTeach(ws));
  }

  /** It is in reach, and knows of an earlier incarnation what the core does not, or was not met yet. */
  #mayTeach(ws: WorkstationName): boolean {
    if (this.#hooks.isAway(ws)) return false;
    if (!this.#met.has(ws)) return true;
    const known = this.#met.get(ws);
    if (known === undefined) return false;
    const origin = originOf({ ws: this.#desk.self, ...known });
    return known.mark > (this.#heardWhole.get(origin) ?? 0);
  }
}

function raiseAll(marks: Map<string, number>, known: Readonly<Record<string, number>>): void {
  for (const [origin, id] of Object.entries(known)) {
    marks.set(origin, Math.max(id, marks.get(origin) ?? 0));
  }
}
