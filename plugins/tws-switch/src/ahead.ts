import type { WorkstationName } from '@ftctl/plan';
import { describeError, isFtError } from '@ftctl/sdk';
import { parseOrigin } from './core/origin.ts';
import { type Desk, isCore, isEnhanced } from './desk.ts';
import type { Ftboxes } from './ftboxes.ts';
import type { Incarnation } from './incarnation.ts';
import type { Mailman } from './mailman.ts';

export interface AheadHooks {
  isOpen(to: WorkstationName): boolean;
  /** Takes a copy of the plan from there. @throws FtError */
  fetch(from: WorkstationName): Promise<void>;
}

/**
 * A manager sends on at once. So one that was cut off from its full-status agents,
 * and then began anew from an older disk, had told its neighbours what the core of
 * its domain has never heard. By their counters the manager of now knows who is
 * ahead like that, and takes a copy of the plan from there.
 */
export class Ahead {
  readonly #desk: Desk;
  readonly #mailman: Mailman;
  readonly #boxes: Ftboxes;
  readonly #incarnation: Incarnation;
  readonly #hooks: AheadHooks;
  /** What was learned in this life, by target and incarnation: up to this id. */
  readonly #learned = new Map<string, number>();
  #isAsking = false;

  constructor(
    desk: Desk,
    { mailman, boxes, incarnation }: { mailman: Mailman; boxes: Ftboxes; incarnation: Incarnation },
    hooks: AheadHooks,
  ) {
    this.#desk = desk;
    this.#mailman = mailman;
    this.#boxes = boxes;
    this.#incarnation = incarnation;
    this.#hooks = hooks;
  }

  /** As manager: learns from those that are ahead, one after the other. To be called now and then. */
  async look(): Promise<void> {
    if (this.#isAsking || !isCore(this.#desk) || !isEnhanced(this.#desk)) return;
    this.#isAsking = true;
    try {
      for (const target of this.#targets()) await this.#learnFrom(target);
    } finally {
      this.#isAsking = false;
    }
  }

  /** One that fails keeps nobody else from being asked. */
  async #learnFrom(target: WorkstationName): Promise<void> {
    const lost = this.#lostBy(target);
    if (lost.length === 0 || !this.#desk.roles.acting()) return;
    try {
      await this.#hooks.fetch(target);
      for (const [origin, id] of lost) this.#learned.set(`${target} ${origin}`, id);
    } catch (error) {
      if (!isFtError(error)) throw error;
      const { log } = this.#desk.ctx;
      const what = `${target} has heard what is lost here, and gave no copy of the plan`;
      log.warn(`${what}: ${describeError(error)}; it is asked again`);
    }
  }

  /** Core members are compared with at each meeting. */
  #targets(): readonly WorkstationName[] {
    const { tree, domain } = this.#desk;
    const core = tree.coreOf(domain);
    return [...this.#boxes.reached.keys()].filter(
      (target) => !core.includes(target) && this.#hooks.isOpen(target),
    );
  }

  /** Of earlier incarnations, up to which id the target has heard what is not here. */
  #lostBy(target: WorkstationName): readonly (readonly [string, number])[] {
    const { tree, domain } = this.#desk;
    return [...(this.#boxes.reached.get(target) ?? [])].filter(([origin, id]) => {
      const { ws = '', inc = 0 } = parseOrigin(origin) ?? {};
      // What comes from elsewhere, the manager next to us brings.
      if (!tree.topology.workstations.has(ws) || !tree.isBelow(ws, domain)) return false;
      const isOfBefore = (this.#incarnation.knownOf(ws)?.inc ?? 0) > inc;
      const here = this.#mailman.marks.get(origin) ?? 0;
      return isOfBefore && id > Math.max(here, this.#learned.get(`${target} ${origin}`) ?? 0);
    });
  }
}
