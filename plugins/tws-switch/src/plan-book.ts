import {
  identityText,
  type JobDefinition,
  keyOf,
  type Message,
  type MessageIdentity,
  newsOf,
  type Part,
  type PartKey,
  Plan,
  type PlanEvent,
  type PlanHeader,
  runOf,
  type StreamDefinition,
} from '@ftctl/plan';
import type { Transaction } from '@ftctl/sdk';
import { isAhead } from './core/ahead.ts';
import { keysOf } from './core/event-keys.ts';
import { isLeftBehind, isOfThePast, isSubmittedInto } from './core/left-behind.ts';
import { ONLY, type Stores } from './stores.ts';

/** Hears everything that changes the plan, in the commit that changes it. */
export interface PlanFollower {
  /** Whether it is news is told by its version. */
  event(event: PlanEvent): void;
  gone(key: PartKey): void;
  /** The rest of this commit is of another plan than what was heard so far. */
  newPlan(): void;
  /** The commit ends. */
  flush(tx: Transaction): void;
}

/**
 * The copy of the plan, in memory and on disk. Changes are collected and written
 * once per commit, however often a part changed in it.
 */
export class PlanBook {
  readonly plan = new Plan();
  readonly #stores: Stores;
  readonly #follower: PlanFollower;
  readonly #dirty = new Set<PartKey>();
  /** Of those, the ones that batchman has not decided itself. */
  readonly #foreign = new Set<PartKey>();
  /** On their way to the archive. */
  readonly #leaving: Part[] = [];
  readonly #listeners: ((keys: ReadonlySet<PartKey>) => void)[] = [];

  constructor(stores: Stores, follower: PlanFollower) {
    this.#stores = stores;
    this.#follower = follower;
    this.plan.header = stores.header.get(ONLY);
    for (const part of storedParts(stores)) this.plan.restore(part);
    this.dropAhead();
  }

  /**
   * Called inside the commit with the keys of what others have changed, not what
   * batchman has applied to the plan before it was written.
   */
  onChange(listener: (keys: ReadonlySet<PartKey>) => void): void {
    this.#listeners.push(listener);
  }

  apply(message: Message): void {
    if (isOfThePast(this.plan, message.event)) {
      this.#keepLate(message);
      return;
    }
    const { event } = message;
    this.#follower.event(event);
    const changed = this.plan.apply(event, message);
    for (const key of changed) this.#changed(key);
    if (event.k === 'add') this.#recall(changed);
  }

  /** @param isOfLaterPlan it is of a copy of a later plan than this one, which alone says what is carried forward */
  merge(part: Part, isOfLaterPlan = false): void {
    const key = keyOf(part);
    const isNew = isOfLaterPlan || isSubmittedInto(this.plan, 'def' in part ? [part.def] : []);
    if (!isNew && isLeftBehind(this.plan, key)) return;
    const before = this.plan.part(key);
    for (const changed of this.plan.merge(part)) this.#changed(changed);
    const after = this.plan.part(key);
    if (after === before || after === undefined) return;
    for (const event of newsOf(before, after)) this.#follower.event(event);
  }

  /** Takes a part out that a newer plan has left behind: it goes to the archive. */
  archive(key: PartKey): void {
    const part = this.plan.part(key);
    if (part !== undefined) this.#leaving.push(part);
    this.remove(key);
  }

  /** Takes out what a copy of a later plan has brought, which this is not turned to. */
  dropAhead(): void {
    for (const part of [...this.plan.parts()]) {
      if (isAhead(this.plan, part)) this.remove(keyOf(part));
    }
  }

  /** What newer plans have left behind here, as far back as the archive reaches. */
  archived(): Plan {
    const plan = new Plan();
    const { archive } = this.#stores;
    for (let after = archive.bounds().first - 1; ; ) {
      const page = archive.read(after);
      for (const { value } of page) plan.merge(value);
      const last = page.at(-1);
      if (last === undefined) break;
      after = last.seq;
    }
    for (const part of this.#leaving) plan.merge(part);
    return plan;
  }

  /** What was submitted into the plan that was left is of the plan of now. */
  resubmit<D extends StreamDefinition | JobDefinition>(def: D): D {
    const next = { ...def, submitted: this.plan.header?.plan.run ?? 0 };
    const kind = 'stream' in def ? 'job' : 'stream';
    const part = this.plan.part(`${kind}/${def.id}`);
    if (part === undefined) return next;
    this.plan.restore({ ...part, def: next } as Part);
    this.#changed(keyOf(part));
    return next;
  }

  remove(key: PartKey): void {
    this.plan.remove(key);
    this.#follower.gone(key);
    this.#changed(key);
  }

  /** Whether a request is here that waits for its answer. */
  isPending(of: MessageIdentity): boolean {
    const part = this.plan.part(requestKey(of));
    return part?.kind === 'command' && part.answered !== true;
  }

  /** A request, or an answer without one, is of no interest any more. */
  forget(of: MessageIdentity): void {
    this.remove(requestKey(of));
  }

  /** Marks as changed what a part's owner has changed in the plan itself. */
  touch(event: PlanEvent): void {
    for (const key of keysOf(event)) this.#dirty.add(key);
  }

  setHeader(tx: Transaction, header: PlanHeader): void {
    this.plan.header = header;
    this.#follower.newPlan();
    tx.put(this.#stores.header, ONLY, header);
  }

  /** Writes what has changed since the last flush. To be called at the end of each commit. */
  flush(tx: Transaction): void {
    for (const part of this.#leaving.splice(0)) tx.append(this.#stores.archive, part);
    this.#follower.flush(tx);
    if (this.#dirty.size === 0) return;
    for (const key of this.#dirty) {
      const part = this.plan.part(key);
      if (part === undefined) tx.delete(this.#stores.parts, key);
      else tx.put(this.#stores.parts, key, part);
    }
    this.#dirty.clear();
    if (this.#foreign.size === 0) return;
    for (const listener of this.#listeners) listener(this.#foreign);
    this.#foreign.clear();
  }

  /** What an agent that was away tells of an instance of an earlier run. */
  #keepLate(message: Message): void {
    const late = new Plan();
    late.apply(message.event, message);
    this.#leaving.push(...late.parts());
  }

  /** What was told of instances of earlier runs, before they came to concern this workstation, counts now. */
  #recall(keys: readonly PartKey[]): void {
    const run = this.plan.header?.plan.run ?? 0;
    const earlier = keys.filter((key) => runOf(key) > 0 && runOf(key) < run);
    if (earlier.length === 0) return;
    const archived = this.archived();
    for (const key of earlier) {
      const part = archived.part(key);
      if (part !== undefined) this.merge(part, true);
    }
  }

  #changed(key: PartKey): void {
    this.#dirty.add(key);
    this.#foreign.add(key);
  }
}

function requestKey(of: MessageIdentity): PartKey {
  return `command/${identityText(of)}`;
}

function* storedParts({ parts }: Stores): Generator<Part> {
  for (let after: string | undefined; ; ) {
    const page = parts.entries(after === undefined ? {} : { after });
    for (const [, part] of page) yield part;
    const last = page.at(-1);
    if (last === undefined) return;
    after = last[0];
  }
}
