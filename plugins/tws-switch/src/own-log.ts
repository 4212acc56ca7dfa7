import { NO_VERSION, type WorkstationName } from '@ftctl/plan';
import type { Transaction } from '@ftctl/sdk';
import { type Desk, isEnhanced } from './desk.ts';
import type { Mailman } from './mailman.ts';
import type { Shipping } from './shipping.ts';
import { stationErrors } from './station-errors.ts';

/** Part of its limit that full-status agents which are behind may take up. */
const LAG_LIMIT = 0.5;
/** Part of its limit from which on nothing more is launched: what runs must be able to tell how it ends. */
const LAUNCH_LIMIT = 0.9;

export interface OwnLogHooks {
  isOpen(to: WorkstationName): boolean;
  /** There is room again for what had to wait. */
  room(): void;
}

/**
 * The bounds of the own log. One dead agent never stops anyone else: a
 * full-status agent that is too far behind is dropped, and initialised again when
 * it is back. For the manager of the domain all is kept; towards the limit
 * nothing is launched, and from there on only what cannot wait is told.
 */
export class OwnLog {
  readonly #desk: Desk;
  readonly #mailman: Mailman;
  readonly #shipping: Shipping;
  readonly #hooks: OwnLogHooks;
  #isDropping = false;
  #isCrowded: boolean;

  constructor(
    desk: Desk,
    { mailman, shipping }: { mailman: Mailman; shipping: Shipping },
    hooks: OwnLogHooks,
  ) {
    this.#desk = desk;
    this.#mailman = mailman;
    this.#shipping = shipping;
    this.#hooks = hooks;
    this.#isCrowded = !this.mayLaunch;
  }

  get mayLaunch(): boolean {
    return this.#bytes < this.#limit * LAUNCH_LIMIT;
  }

  get isFull(): boolean {
    return this.#bytes >= this.#limit;
  }

  /** Before what an operator asks for here. @throws FtError TWS_OWN_LOG_FULL */
  checkRoom(): void {
    if (!this.isFull) return;
    const { roles, domain } = this.#desk;
    const manager = roles.managerOf(domain);
    throw stationErrors.OWN_LOG_FULL({ bytes: this.#bytes, limit: this.#limit, manager });
  }

  /** Something was appended to it in this commit: drops who lags, and says so. */
  appended(tx: Transaction): void {
    const { own } = this.#desk.stores;
    const { bytes } = tx.bounds(own);
    if (bytes <= this.#limit * LAG_LIMIT) return;
    if (bytes >= this.#limit * LAUNCH_LIMIT) this.#isCrowded = true;
    if (this.#isDropping) return;
    const lagging = isEnhanced(this.#desk) ? this.#lagging(tx) : [];
    for (const reader of lagging) this.#leaveBehind(tx, reader);
    // Nobody reads it: a manager without a full-status agent, or with none that is there.
    if (this.#readers(tx).length === 0) tx.trim(own, tx.bounds(own).last);
    if (lagging.length === 0) return;
    this.#isDropping = true;
    this.#tell(tx, [...this.#dropped, ...lagging]);
    this.#isDropping = false;
  }

  /** Says who has caught up again, and whether there is room again. To be called now and then. */
  async look(): Promise<void> {
    if (this.#isCrowded && this.mayLaunch) {
      this.#isCrowded = false;
      this.#hooks.room();
    }
    const { last } = this.#desk.stores.own.bounds();
    const back = this.#dropped.filter((name) => this.#shipping.ownDelivered(name) >= last);
    if (back.length === 0) return;
    await this.#desk.commit((tx) => {
      this.#tell(
        tx,
        this.#dropped.filter((name) => !back.includes(name)),
      );
    });
  }

  get #limit(): number {
    return this.#desk.files.limitOf('own');
  }

  get #bytes(): number {
    return this.#desk.stores.own.bounds().bytes;
  }

  get #dropped(): readonly WorkstationName[] {
    const { book, self } = this.#desk;
    return book.plan.cpu(self).dropped?.agents ?? [];
  }

  /** One that is slow, and not away, goes on behind the gap: it sees it, and fetches a copy. */
  #leaveBehind(tx: Transaction, reader: WorkstationName): void {
    const { own } = this.#desk.stores;
    if (this.#hooks.isOpen(reader)) {
      tx.moveCursor(own, reader, tx.bounds(own).last);
      return;
    }
    this.#shipping.close(reader);
    tx.dropCursor(own, reader);
  }

  /** Who holds the oldest record, and is not the manager. */
  #lagging(tx: Transaction): readonly WorkstationName[] {
    const { stores, roles, domain } = this.#desk;
    const { first } = tx.bounds(stores.own);
    const manager = roles.managerOf(domain);
    return this.#readers(tx).filter(
      (reader) => reader !== manager && (tx.position(stores.own, reader) ?? first) <= first - 1,
    );
  }

  #readers(tx: Transaction): readonly WorkstationName[] {
    const { own } = this.#desk.stores;
    return this.#shipping.ownReaders().filter((reader) => tx.position(own, reader) !== undefined);
  }

  #tell(tx: Transaction, agents: readonly WorkstationName[]): void {
    const { book, self } = this.#desk;
    const { v } = book.plan.cpu(self).dropped ?? { v: NO_VERSION };
    const s = { v: this.#mailman.nextVersion(v), agents: [...new Set(agents)].sort() };
    this.#mailman.emit(tx, { k: 'dropped', by: self, s });
  }
}
