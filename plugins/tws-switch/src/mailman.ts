import {
  audienceOf,
  type Message,
  type MessageIdentity,
  type PlanEvent,
  type Version,
  type WorkstationName,
} from '@ftctl/plan';
import type { Acceptance, Transaction } from '@ftctl/sdk';
import { type Envelope, seal, wrap } from './core/envelope.ts';
import { originOf, parseOrigin } from './core/origin.ts';
import { targetsOf } from './core/routing.ts';
import { type Desk, isCore, isEnhanced, viewOf } from './desk.ts';
import type { Ftboxes } from './ftboxes.ts';
import type { Roads } from './roads.ts';
import { type Identity, ONLY } from './stores.ts';

/**
 * Routes messages: gives ids to this workstation's own, takes in those of others
 * once each, and puts what is to go on onto the roads or into the ftboxes. All
 * of it happens inside a commit of the caller.
 */
export class Mailman {
  readonly #desk: Desk;
  readonly #roads: Roads;
  readonly #boxes: Ftboxes;
  /** The event counter, with what is still on its way to the disk. */
  readonly #marks: Map<string, number>;
  #identity: Identity;
  #duplicates = 0;
  /** Of each origin, what came again and was not told yet. */
  #untold = new Map<string, number>();
  #ownSeq = 0;
  #onMessage: (tx: Transaction, message: Message) => void = () => undefined;
  #onAppended: (tx: Transaction) => void = () => undefined;
  #onRenewal: (ws: WorkstationName) => void = () => undefined;

  constructor(desk: Desk, roads: Roads, boxes: Ftboxes, identity: Identity) {
    this.#desk = desk;
    this.#roads = roads;
    this.#boxes = boxes;
    this.#marks = new Map(Object.entries(desk.stores.marks.marks()));
    this.#identity = identity;
  }

  /** Called inside the commit for every message that takes effect here, own ones too. */
  onMessage(listener: (tx: Transaction, message: Message) => void): void {
    this.#onMessage = listener;
  }

  /** Called inside the commit after each message of this workstation's own. */
  onAppended(listener: (tx: Transaction) => void): void {
    this.#onAppended = listener;
  }

  /** Called inside the commit that takes the first message of one that has begun anew. */
  onRenewal(listener: (ws: WorkstationName) => void): void {
    this.#onRenewal = listener;
  }

  get identity(): Identity {
    return this.#identity;
  }

  /** The event counter: per origin the last id that was applied here. */
  get marks(): ReadonlyMap<string, number> {
    return this.#marks;
  }

  /** Position in the own log of the message that was made last. */
  get ownSeq(): number {
    return this.#ownSeq;
  }

  /** Messages that came twice and were dropped, in this life. */
  get duplicates(): number {
    return this.#duplicates;
  }

  /** Of each origin how many have come again since the last call. */
  takeDuplicates(): ReadonlyMap<string, number> {
    const untold = this.#untold;
    this.#untold = new Map();
    return untold;
  }

  /** Another incarnation from now on: ids start again. */
  renew(tx: Transaction, identity: Identity): void {
    this.#identity = identity;
    tx.put(this.#desk.stores.identity, ONLY, identity);
  }

  /** The version after another one of a part that this workstation owns. */
  nextVersion(known: Version): Version {
    const era = this.#identity.inc;
    return { era, n: known.era === era ? known.n + 1 : 1 };
  }

  /** Makes a message of this workstation and sends it on its way. */
  emit(tx: Transaction, event: PlanEvent): Message {
    const { self, book, stores } = this.#desk;
    const { inc, nonce, lastId } = this.#identity;
    const to = audienceOf(viewOf(this.#desk), event, self);
    const message: Message = { ws: self, inc, nonce, id: lastId + 1, to, event };
    this.#identity = { ...this.#identity, lastId: message.id };
    tx.put(stores.identity, ONLY, this.#identity);
    this.#setMark(tx, originOf(message), message.id);
    this.#apply(message);
    book.touch(event);
    const sealed = seal(message);
    this.#ownSeq = tx.appendEncoded(stores.own, wrap(lastId, sealed));
    this.#route(tx, message, sealed);
    this.#onMessage(tx, message);
    this.#onAppended(tx);
    return message;
  }

  /**
   * Takes in what came on a road. Only `accept` has an effect; after `gap` the
   * caller takes nothing more from this road until it was initialised again.
   */
  take(tx: Transaction, { prev, message, sealed }: Envelope): Acceptance {
    const { stores } = this.#desk;
    const acceptance = tx.accept(stores.marks, originOf(message), message.id, prev);
    if (acceptance === 'duplicate') this.#noteDuplicate(originOf(message));
    if (acceptance !== 'accept') return acceptance;
    if (message.inc > 1 && !this.#marks.has(originOf(message))) this.#onRenewal(message.ws);
    this.#marks.set(originOf(message), message.id);
    this.#apply(message);
    this.#route(tx, message, sealed);
    this.#onMessage(tx, message);
    return acceptance;
  }

  /** Sends on a request that came with a copy of the plan, as its origin has made it. */
  passOn(tx: Transaction, of: MessageIdentity, event: PlanEvent): void {
    const to = audienceOf(viewOf(this.#desk), event, of.ws);
    const message: Message = { ...of, to, event };
    this.#route(tx, message, seal(message));
  }

  /** What a snapshot stands for: everything up to these ids is in it. */
  raise(tx: Transaction, marks: Readonly<Record<string, number>>): void {
    for (const [origin, id] of Object.entries(marks)) {
      if (id > (this.#marks.get(origin) ?? 0)) this.#setMark(tx, origin, id);
    }
    for (const of of this.pastAnswers()) this.#desk.book.forget(of);
  }

  /** Requests whose answers wait for them here and whose origins are past them: they were not for this workstation. */
  pastAnswers(): readonly MessageIdentity[] {
    const waiting = this.#desk.book.plan.answers().map(({ of }) => of);
    return waiting.filter((of) => this.#isPast(of));
  }

  /**
   * With a new plan: answers that still wait for their requests, which their askers
   * have lost with an earlier incarnation, wait no longer.
   */
  forgetLost(): void {
    const { book } = this.#desk;
    for (const { of } of book.plan.answers()) if (this.#newestOf(of.ws) > of.inc) book.forget(of);
  }

  #newestOf(ws: WorkstationName): number {
    const known = [...this.#marks.keys()].map(parseOrigin).filter((one) => one?.ws === ws);
    return Math.max(0, ...known.map((one) => one?.inc ?? 0));
  }

  #noteDuplicate(origin: string): void {
    this.#duplicates += 1;
    this.#untold.set(origin, (this.#untold.get(origin) ?? 0) + 1);
  }

  /** An answer is kept for its request only while that may still come. */
  #apply(message: Message): void {
    const { event } = message;
    const { book } = this.#desk;
    if (event.k === 'answer' && !book.isPending(event.of)) {
      // What an asker has lost with an earlier incarnation does not come any more.
      const isLost = message.ws === event.of.ws && message.inc > event.of.inc;
      if (isLost || this.#isPast(event.of)) return;
    }
    book.apply(message);
  }

  #isPast(of: MessageIdentity): boolean {
    return of.id <= (this.#marks.get(originOf(of)) ?? 0);
  }

  #setMark(tx: Transaction, origin: string, id: number): void {
    tx.setMark(this.#desk.stores.marks, origin, id);
    this.#marks.set(origin, id);
  }

  #route(tx: Transaction, message: Message, sealed: string): void {
    const desk = this.#desk;
    if (!isCore(desk)) return;
    if (isEnhanced(desk)) this.#routeEnhanced(tx, message, sealed);
    else if (desk.roles.acting()) this.#routeTraditional(tx, message, sealed);
  }

  /** Every member of the core keeps what it would send; the manager sends it as well. */
  #routeEnhanced(tx: Transaction, message: Message, sealed: string): void {
    const { tree, domain, roles } = this.#desk;
    const { up, down } = targetsOf(tree, domain, message);
    if (up.length > 0) this.#boxes.append(tx, 'up', up, { message, sealed });
    if (down.length > 0) this.#boxes.append(tx, 'down', down, { message, sealed });
    if (!roles.acting()) return;
    for (const target of up) this.#roads.append(tx, target, message, sealed);
    for (const target of down) this.#roads.append(tx, target, message, sealed);
  }

  /** The original way: the manager alone sends, also to its own full-status agents. */
  #routeTraditional(tx: Transaction, message: Message, sealed: string): void {
    const { tree, domain, roles, self } = this.#desk;
    const { up, down } = targetsOf(tree, domain, message);
    const parent = tree.parentOf(domain);
    const targets = new Set<WorkstationName>();
    if (up.length > 0 && parent !== undefined) targets.add(roles.managerOf(parent));
    for (const target of down) {
      const below = tree.domainOf(target);
      targets.add(below === domain ? target : roles.managerOf(below));
    }
    for (const target of tree.coreOf(domain)) {
      if (target !== self && target !== message.ws) targets.add(target);
    }
    for (const target of targets) this.#roads.append(tx, target, message, sealed);
  }
}
