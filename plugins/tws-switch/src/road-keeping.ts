import type { WorkstationName } from '@ftctl/plan';
import type { Transaction } from '@ftctl/sdk';
import { type Desk, isEnhanced } from './desk.ts';
import type { Dropped } from './dropped.ts';
import { networkMessages } from './messages.ts';
import type { Replay } from './replay.ts';
import type { Roads } from './roads.ts';
import type { Sessions } from './sessions.ts';
import type { Shipping } from './shipping.ts';
import type { Takeover } from './takeover.ts';

export interface RoadKeepingParts {
  readonly roads: Roads;
  readonly dropped: Dropped;
  readonly shipping: Shipping;
  readonly sessions: Sessions;
  readonly replay: Replay;
  readonly takeover: Takeover;
}

/** As manager: brings the roads to life when their targets are there, gives up those that overflow, and lays them down. */
export class RoadKeeping {
  readonly #desk: Desk;
  readonly #parts: RoadKeepingParts;
  #stopped = false;

  /** @param parts read when they are needed: some of them are made later */
  constructor(desk: Desk, parts: RoadKeepingParts) {
    this.#desk = desk;
    this.#parts = parts;
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Brings a road to life, where this workstation is to send one. */
  begin(to: WorkstationName): void {
    const { dropped, shipping, replay } = this.#parts;
    if (!this.#desk.roles.acting() || this.#hearsOrigins(to)) return;
    if (dropped.has(to)) void dropped.initialise(to);
    else if (!isEnhanced(this.#desk)) shipping.openRoad(to);
    else void replay.begin(to).then(() => this.#beginAgain(to));
  }

  /** What comes before is with the target, or on its way. */
  live(target: WorkstationName): void {
    const { sessions, shipping } = this.#parts;
    if (!sessions.isOpen(target) || !this.#desk.roles.acting()) return;
    if (!this.#hearsOrigins(target)) shipping.openRoad(target);
  }

  /** Its road was given up: one slow target stops nobody else. */
  overflowed(tx: Transaction, target: WorkstationName): void {
    const { dropped, shipping, sessions } = this.#parts;
    const { messages, clock } = this.#desk.ctx;
    dropped.add(tx, target);
    messages.emit(networkMessages.FTTW012W({ target }));
    clock.setTimer(0, () => {
      shipping.closeRoad(target);
      if (sessions.isOpen(target)) this.begin(target);
    });
  }

  /** Somebody has begun anew: what he had said before, and what was on his road, others may have alone. */
  renewed(ws: WorkstationName): void {
    const { takeover, sessions } = this.#parts;
    takeover.meet(sessions.out);
    // A commit that fails is told by the workstation, which begins anew.
    this.#initialiseAgain(ws).catch(() => undefined);
  }

  /**
   * The copy that one of a domain next to this took of its own manager may be older
   * than what it had of its road, which nobody would send again.
   */
  async #initialiseAgain(ws: WorkstationName): Promise<void> {
    const { tree, domain, roles, commit } = this.#desk;
    const { roads, dropped, shipping, sessions } = this.#parts;
    if (!isEnhanced(this.#desk) || !roles.acting() || tree.domainOf(ws) === domain) return;
    if (!roads.isLive(ws)) return;
    await commit((tx) => {
      roads.clear(tx, ws);
      roads.rest(ws);
      dropped.add(tx, ws);
    });
    shipping.closeRoad(ws);
    if (!this.#stopped && sessions.isOpen(ws)) this.begin(ws);
  }

  /** Demoted, or without a lease: roads rest; what was on them is in the ftboxes. */
  async layDown(): Promise<void> {
    const { domain, roles, self, stores } = this.#desk;
    const { roads, shipping } = this.#parts;
    shipping.closeRoads();
    const targets = [...roads.live];
    roads.restAll();
    if (roles.managerOf(domain) === self) return;
    await this.#desk.commit((tx) => {
      for (const target of targets) {
        roads.clear(tx, target);
        tx.delete(stores.replayed, target);
      }
    });
  }

  #beginAgain(to: WorkstationName): void {
    const { roads, sessions, replay } = this.#parts;
    if (this.#stopped || !sessions.isOpen(to) || !this.#desk.roles.acting()) return;
    if (!roads.isLive(to) && !replay.isUnderWay(to)) this.begin(to);
  }

  /** A core member hears everybody itself, and needs no road. */
  #hearsOrigins(target: WorkstationName): boolean {
    return this.#desk.tree.coreOf(this.#desk.domain).includes(target) && isEnhanced(this.#desk);
  }
}
