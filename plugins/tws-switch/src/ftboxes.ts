import type { Message, WorkstationName } from '@ftctl/plan';
import type { Log, Seq, Transaction } from '@ftctl/sdk';
import { type Envelope, unwrapStored, wrap } from './core/envelope.ts';
import { Milestones } from './core/milestones.ts';
import { originOf } from './core/origin.ts';
import { targetsOf } from './core/routing.ts';
import type { Desk } from './desk.ts';
import type { Dropped } from './dropped.ts';

export type Direction = 'up' | 'down';

/** Part of an ftbox at which its oldest records make room. */
const FULL = 0.95;
/** Records that make room at once. */
const ROOM_RECORDS = 1_000;

/** Newest records that are kept in memory, so that a replay can end on what is not on disk yet. */
const RECENT_RECORDS = 4_096;

/** A record of an ftbox that was appended in this life. */
export interface Recent {
  readonly seq: number;
  readonly message: Message;
  readonly sealed: string;
  readonly targets: readonly WorkstationName[];
}

/** What another core member's ftboxes hold. */
export type BoxContent = Readonly<
  Record<Direction, readonly Pick<Envelope, 'message' | 'sealed'>[]>
>;

/** Ids of one origin that were overwritten before every neighbour was known to have them. */
export interface Risk {
  readonly origin: string;
  readonly from: number;
  readonly to: number;
}

/**
 * The two ftboxes of a core member: what it would send as manager, and has not
 * heard to be everywhere. The manager keeps them as well, so that after a switch
 * it is as fit as any other.
 */
export class Ftboxes {
  readonly #desk: Desk;
  readonly #milestones = { up: new Milestones(), down: new Milestones() };
  readonly #recent: { readonly up: Recent[]; readonly down: Recent[] } = { up: [], down: [] };
  /** Per target what it is known to have. */
  readonly #reached = new Map<WorkstationName, Map<string, number>>();
  /** Targets for which nothing is kept: they will be initialised. */
  readonly #dropped: Dropped;
  readonly #risks = new Map<string, { from: number; to: number }>();
  #onRisk: (risks: readonly Risk[]) => void = () => undefined;

  constructor(desk: Desk, dropped: Dropped) {
    this.#desk = desk;
    this.#dropped = dropped;
    this.#recall('up');
    this.#recall('down');
  }

  /** Called inside a commit when records had to be overwritten. */
  onRisk(listener: (risks: readonly Risk[]) => void): void {
    this.#onRisk = listener;
  }

  /** Ids that a switch to this agent would lose, as far as it knows. */
  get risks(): readonly Risk[] {
    return [...this.#risks].map(([origin, { from, to }]) => ({ origin, from, to }));
  }

  box(direction: Direction): Log<Envelope> {
    return direction === 'up' ? this.#desk.stores.ftup : this.#desk.stores.ftdown;
  }

  /** Keeps a message for those who need it. */
  append(
    tx: Transaction,
    direction: Direction,
    targets: readonly WorkstationName[],
    { message, sealed }: Pick<Envelope, 'message' | 'sealed'>,
  ): void {
    const box = this.box(direction);
    const limit = this.#desk.files.limitOf(`ft${direction}`);
    if (tx.bounds(box).bytes > limit * FULL) this.#makeRoom(tx, direction);
    const seq = tx.appendEncoded(box, wrap(0, sealed));
    this.#note(direction, seq, message, targets);
    const recent = this.#recent[direction];
    recent.push({ seq, message, sealed, targets });
    if (recent.length > 2 * RECENT_RECORDS) recent.splice(0, RECENT_RECORDS);
  }

  /**
   * The records after a position up to the last one appended, in memory; undefined
   * when the oldest of them is not there any more.
   */
  recentAfter(tx: Transaction, direction: Direction, seq: number): readonly Recent[] | undefined {
    const { last } = tx.bounds(this.box(direction));
    if (last <= seq) return [];
    const recent = this.#recent[direction];
    const first = recent[0];
    if (first === undefined || first.seq > seq + 1) return undefined;
    return recent.filter((one) => one.seq > seq);
  }

  /** What neighbours have reached, as the manager reports it or as they said themselves. */
  hear(target: WorkstationName, marks: Iterable<readonly [string, number]>): void {
    const known = this.#reached.get(target) ?? new Map<string, number>();
    this.#reached.set(target, known);
    for (const [origin, id] of marks) {
      if (id > (known.get(origin) ?? 0)) known.set(origin, id);
    }
  }

  /** Position up to which there is nothing that a target with these marks lacks. */
  nothingBefore(
    direction: Direction,
    target: WorkstationName,
    marks: ReadonlyMap<string, number>,
  ): Seq {
    const has = (origin: string) => marks.get(origin) ?? 0;
    const reached = this.#milestones[direction].reachedBy(target, has) ?? 0;
    return Math.max(reached, this.box(direction).bounds().first - 1);
  }

  /** Everything that is known of what neighbours have. */
  get reached(): ReadonlyMap<WorkstationName, ReadonlyMap<string, number>> {
    return this.#reached;
  }

  /** Sets a milestone, and lets go of what everybody has. */
  trim(tx: Transaction): void {
    const has = (target: WorkstationName, origin: string) =>
      this.#dropped.has(target)
        ? Number.POSITIVE_INFINITY
        : (this.#reached.get(target)?.get(origin) ?? 0);
    for (const direction of ['up', 'down'] as const) {
      const milestones = this.#milestones[direction];
      milestones.close();
      const settled = milestones.settled(has);
      if (settled !== undefined) tx.trim(this.box(direction), settled);
    }
  }

  /**
   * Lets the content of another core member's take the place of what is here, as
   * one step: who ends in the middle of a copy still has all of its own. What this
   * workstation has said itself stays, for the other may not have it yet; what it
   * has heard and the other has not follows behind.
   *
   * @param origin under which this workstation speaks
   * @param known the event counter of the other
   */
  replace(
    tx: Transaction,
    origin: string,
    known: Readonly<Record<string, number>>,
    content: BoxContent,
  ): void {
    const { tree, domain } = this.#desk;
    for (const direction of ['up', 'down'] as const) {
      const records = [...this.#recordsOf(direction)];
      const isOwn = ({ message }: Recent) => originOf(message) === origin;
      const own = records.filter(isOwn);
      const ahead = records.filter(
        (one) => !isOwn(one) && one.message.id > (known[originOf(one.message)] ?? 0),
      );
      const box = this.box(direction);
      tx.trim(box, tx.bounds(box).last);
      this.#milestones[direction].clear();
      this.#recent[direction].length = 0;
      for (const { targets, ...record } of own) this.append(tx, direction, targets, record);
      for (const envelope of content[direction]) {
        const targets = targetsOf(tree, domain, envelope.message)[direction];
        this.append(tx, direction, targets, envelope);
      }
      for (const { targets, ...record } of ahead) this.append(tx, direction, targets, record);
    }
    this.#risks.clear();
  }

  /** Cyclical, as the original's; but it says what is lost before a switch needs it. */
  #makeRoom(tx: Transaction, direction: Direction): void {
    const box = this.box(direction);
    const oldest = box.read(tx.bounds(box).first - 1, { maxRecords: ROOM_RECORDS });
    const last = oldest.at(-1);
    if (last === undefined) return;
    for (const { value } of oldest) this.#atRisk(value.message);
    tx.trim(box, last.seq);
    this.#onRisk(this.risks);
  }

  #atRisk(message: Message): void {
    const origin = originOf(message);
    const risk = this.#risks.get(origin);
    if (risk === undefined) this.#risks.set(origin, { from: message.id, to: message.id });
    else risk.to = Math.max(risk.to, message.id);
  }

  #note(
    direction: Direction,
    seq: number,
    message: Message,
    targets: readonly WorkstationName[],
  ): void {
    const origin = originOf(message);
    for (const target of targets) this.#milestones[direction].note(seq, target, origin, message.id);
  }

  /** After a restart: what the box holds already. */
  #recall(direction: Direction): void {
    for (const { seq, message, targets } of this.#records(direction)) {
      this.#note(direction, seq, message, targets);
    }
  }

  *#recordsOf(direction: Direction): Generator<Recent> {
    yield* this.#records(direction);
    // What is on its way to the disk is not read from there.
    const { last } = this.box(direction).bounds();
    for (const record of this.#recent[direction]) if (record.seq > last) yield record;
  }

  /** All that is on disk, from the oldest on. */
  *#records(direction: Direction): Generator<Recent> {
    const { tree, domain } = this.#desk;
    const box = this.box(direction);
    for (let after = box.bounds().first - 1; ; ) {
      const page = box.readEncoded(after);
      for (const { seq, value } of page) {
        const { message, sealed } = unwrapStored(value);
        yield { seq, message, sealed, targets: targetsOf(tree, domain, message)[direction] };
      }
      const last = page.at(-1);
      if (last === undefined) return;
      this.#milestones[direction].close();
      after = last.seq;
    }
  }
}
