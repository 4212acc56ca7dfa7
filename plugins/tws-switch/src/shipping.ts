import type { WorkstationName } from '@ftctl/plan';
import type { Seq, Shipment, Transaction } from '@ftctl/sdk';
import { ownStream, roadStream } from './channels.ts';
import { type Desk, isEnhanced, peerOf } from './desk.ts';
import { READER } from './roads.ts';

/**
 * Ships the logs of this workstation over its open sessions: its own messages to
 * the core of its domain, and, when it manages the domain, each road to its target.
 */
export class Shipping {
  readonly #desk: Desk;
  readonly #own = new Map<WorkstationName, Shipment>();
  readonly #roads = new Map<WorkstationName, Shipment>();
  readonly #listeners: (() => void)[] = [];

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Called when somebody has more of the own log on disk. */
  onOwnDelivered(listener: () => void): void {
    this.#listeners.push(listener);
  }

  stop(): void {
    for (const to of [...this.#own.keys(), ...this.#roads.keys()]) this.close(to);
  }

  /** Whom the own log goes to: the core of the domain; in the original way the manager alone. */
  ownReaders(): readonly WorkstationName[] {
    const { tree, domain, self, roles } = this.#desk;
    const readers = isEnhanced(this.#desk) ? tree.coreOf(domain) : [roles.managerOf(domain)];
    return readers.filter((name) => name !== self);
  }

  /** The own log is held for its readers, and for nobody else. */
  keepReaders(tx: Transaction): void {
    const { own } = this.#desk.stores;
    const readers = this.ownReaders();
    for (const reader of Object.keys(own.cursors())) {
      if (readers.includes(reader)) continue;
      this.#own.get(reader)?.stop();
      this.#own.delete(reader);
      tx.dropCursor(own, reader);
    }
    for (const reader of readers) tx.moveCursor(own, reader, tx.position(own, reader) ?? 0);
  }

  /** A session is open: the own log is shipped when the other side is of the core. */
  open(to: WorkstationName): void {
    if (!this.ownReaders().includes(to) || this.#own.has(to)) return;
    const { ctx, stores } = this.#desk;
    const shipment = ctx.link.ship(ownStream, stores.own, peerOf(this.#desk, to), to);
    shipment.onDelivered(() => {
      for (const listener of this.#listeners) listener();
    });
    this.#own.set(to, shipment);
  }

  /** The target's road is live and a session to it is open. */
  openRoad(to: WorkstationName): void {
    if (this.#roads.has(to)) return;
    const { ctx, stores } = this.#desk;
    const road = stores.road(to);
    this.#roads.set(to, ctx.link.ship(roadStream, road, peerOf(this.#desk, to), READER));
  }

  close(to: WorkstationName): void {
    this.#own.get(to)?.stop();
    this.#own.delete(to);
    this.closeRoad(to);
  }

  closeRoad(to: WorkstationName): void {
    this.#roads.get(to)?.stop();
    this.#roads.delete(to);
  }

  closeRoads(): void {
    for (const to of [...this.#roads.keys()]) this.closeRoad(to);
  }

  /** Up to where a core member has the own log on disk. */
  ownDelivered(to: WorkstationName): Seq {
    const { own } = this.#desk.stores;
    return this.#own.get(to)?.status().delivered ?? own.position(to) ?? 0;
  }

  /** Up to where a target has taken its road. */
  roadDelivered(to: WorkstationName): Seq {
    const shipment = this.#roads.get(to);
    if (shipment !== undefined) return shipment.status().delivered;
    return this.#desk.stores.road(to).position(READER) ?? 0;
  }

  /** Whether nothing on a road waits for its target; what was given up with the road does not. */
  isRoadDelivered(to: WorkstationName): boolean {
    const { first, last } = this.#desk.stores.road(to).bounds();
    return Math.max(this.roadDelivered(to), first - 1) >= last;
  }

  /** Whether everything of its own that was made so far is on the disk of a manager. */
  hasShipped(manager: WorkstationName): boolean {
    const { tree, domain, stores } = this.#desk;
    return tree.domainOf(manager) === domain
      ? this.ownDelivered(manager) >= stores.own.bounds().last
      : this.isRoadDelivered(manager);
  }

  /** Why a peer refused the last batch, when it did. */
  refusals(): readonly (readonly [WorkstationName, string])[] {
    return [...this.#own, ...this.#roads].flatMap(([to, shipment]) => {
      const { refused } = shipment.status();
      return refused === undefined ? [] : [[to, refused] as const];
    });
  }
}
