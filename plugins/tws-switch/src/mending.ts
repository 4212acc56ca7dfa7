import type { WorkstationName } from '@ftctl/plan';
import { describeError, isFtError, type Transaction } from '@ftctl/sdk';
import type { Desk } from './desk.ts';
import { isCore } from './desk.ts';
import type { Incarnation } from './incarnation.ts';
import type { Initialiser } from './initialiser.ts';
import type { Intake } from './intake.ts';

export interface MendingHooks {
  isOpen(to: WorkstationName): boolean;
  commit(apply: (tx: Transaction) => void): Promise<void>;
  /** Another incarnation has its own parts back: it says all of them again. */
  learned(): void;
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

  /** Fetches what is missing, one thing at a time. To be called when a session opens, and now and then. */
  look(): void {
    if (this.#underWay !== undefined || this.#stopped || this.lacks === undefined) return;
    const { incarnation, intake } = this.#parts;
    const [broken] = intake.broken;
    const from = incarnation.learning ? this.#teacher() : this.#sourceFor(broken ?? '');
    if (from === undefined || !this.#hooks.isOpen(from)) return;
    this.#underWay = `a copy of the plan is fetched from ${from}`;
    this.#hooks.changed();
    void this.#mend(from).finally(() => {
      this.#underWay = undefined;
      this.#hooks.changed();
    });
  }

  async #mend(from: WorkstationName): Promise<void> {
    const { initialiser, intake, incarnation } = this.#parts;
    const isFromCore = this.#desk.tree.coreOf(this.#desk.domain).includes(from);
    const withBoxes = isCore(this.#desk) && isFromCore;
    try {
      await initialiser.fetch(from, withBoxes);
      // Another domain's manager sends on only behind a copy of its own.
      const others = [...intake.broken].filter((one) => one !== from && !this.#isOfDomain(one));
      for (const one of withBoxes ? others : []) await initialiser.fetch(one, false);
      const wasLearning = incarnation.learning;
      await this.#hooks.commit((tx) => {
        if (wasLearning) incarnation.learned(tx);
        const mended = withBoxes ? [...intake.broken] : [from];
        for (const one of mended) intake.mended(tx, one);
      });
      if (wasLearning) this.#hooks.learned();
    } catch (error) {
      if (!isFtError(error)) throw error;
      this.#desk.ctx.log.warn(`no copy of the plan from ${from}: ${describeError(error)}`);
    }
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

  /** Who knows most of this workstation: its manager, another core member, the manager above. */
  #teacher(): WorkstationName | undefined {
    const { tree, domain, roles, self } = this.#desk;
    const parent = tree.parentOf(domain);
    const names = [
      roles.managerOf(domain),
      ...tree.coreOf(domain),
      ...(parent === undefined ? [] : [roles.managerOf(parent)]),
    ];
    return names.find((name) => name !== self && this.#hooks.isOpen(name));
  }
}
