import type { Message, WorkstationName } from '@ftctl/plan';
import type { Seq, Transaction } from '@ftctl/sdk';
import { wrap } from './core/envelope.ts';
import { Milestones } from './core/milestones.ts';
import { originOf } from './core/origin.ts';
import { type Desk, isEnhanced } from './desk.ts';

/** Cursor by which a target reads its road. */
export const READER = 'reader';

/**
 * A manager's roads: one log for each target. With switch fault tolerance a
 * target's road is live once it was replayed in this epoch; until then what is
 * for it waits in the ftboxes.
 */
export class Roads {
  readonly #desk: Desk;
  readonly #live = new Set<WorkstationName>();
  /** Last id of each origin on a road: what the next one calls `prev`. */
  readonly #last = new Map<WorkstationName, Map<string, number>>();
  readonly #milestones = new Map<WorkstationName, Milestones>();
  #onOverflow: (tx: Transaction, target: WorkstationName) => void = () => undefined;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Called inside a commit when a target's road has grown over its limit and was given up. */
  onOverflow(listener: (tx: Transaction, target: WorkstationName) => void): void {
    this.#onOverflow = listener;
  }

  isLive(target: WorkstationName): boolean {
    return this.#live.has(target) || !isEnhanced(this.#desk);
  }

  get live(): ReadonlySet<WorkstationName> {
    return this.#live;
  }

  /** From this commit on, what is for the target goes to its road. */
  goLive(target: WorkstationName): void {
    this.#live.add(target);
  }

  /** What the target has: the next message of an origin follows that one. */
  follow(target: WorkstationName, marks: ReadonlyMap<string, number>): void {
    this.#last.set(target, new Map(marks));
  }

  /** What is for the target waits in the ftboxes again. */
  rest(target: WorkstationName): void {
    this.#live.delete(target);
  }

  restAll(): void {
    this.#live.clear();
  }

  /** Puts a message on a target's road, when that is live. */
  append(tx: Transaction, target: WorkstationName, message: Message, sealed: string): void {
    if (this.isLive(target)) this.put(tx, target, message, sealed);
  }

  /** Puts a message on a target's road, live or not: for replay. */
  put(tx: Transaction, target: WorkstationName, message: Message, sealed: string): void {
    const { stores, files } = this.#desk;
    const road = stores.road(target);
    const origin = originOf(message);
    const last = mapOf(this.#last, target);
    const before = last.get(origin) ?? 0;
    // The target has it, or it is on the road already.
    if (message.id <= before) return;
    // Upwards goes everything, so the one before is known; downwards it is the last that the target wanted.
    const prev = this.#isAbove(target) ? message.id - 1 : before;
    const seq = tx.appendEncoded(road, wrap(prev, sealed));
    last.set(origin, message.id);
    this.#milestonesOf(target).note(seq, target, origin, message.id);
    if (tx.bounds(road).bytes > files.limitOf(`pobox/${target}`)) this.#overflow(tx, target);
  }

  /** Empties a road: what was on it is kept elsewhere, or must be asked for again. */
  clear(tx: Transaction, target: WorkstationName): void {
    const road = this.#desk.stores.road(target);
    tx.trim(road, tx.bounds(road).last);
    this.#last.delete(target);
    this.#milestones.delete(target);
  }

  /** Remembers how far each road is, to tell later which marks its target has. */
  closeMilestones(): void {
    for (const milestones of this.#milestones.values()) milestones.close();
  }

  /** Marks that a target has reached since the last call, given how far it has taken its road. */
  reached(target: WorkstationName, delivered: Seq): ReadonlyMap<string, number> {
    return this.#milestonesOf(target).passed(delivered);
  }

  #isAbove(target: WorkstationName): boolean {
    const { tree, domain } = this.#desk;
    return tree.parentOf(domain) === tree.domainOf(target);
  }

  #milestonesOf(target: WorkstationName): Milestones {
    const known = this.#milestones.get(target) ?? new Milestones();
    this.#milestones.set(target, known);
    return known;
  }

  #overflow(tx: Transaction, target: WorkstationName): void {
    this.clear(tx, target);
    this.rest(target);
    this.#onOverflow(tx, target);
  }
}

function mapOf(
  maps: Map<WorkstationName, Map<string, number>>,
  target: WorkstationName,
): Map<string, number> {
  const known = maps.get(target) ?? new Map<string, number>();
  maps.set(target, known);
  return known;
}
