import type { WorkstationName } from '@ftctl/plan';
import type { StreamBatch, Transaction } from '@ftctl/sdk';
import type { Envelope } from './core/envelope.ts';
import type { Desk } from './desk.ts';
import { intakeErrors } from './intake-errors.ts';
import type { Mailman } from './mailman.ts';

export interface IntakeHooks {
  /** Whether a session of that workstation into us is open. */
  isOpen(from: WorkstationName): boolean;
  /** Why nothing can be taken in at present. */
  closed(): string | undefined;
}

/**
 * The writers: take batches from the roads of others into the plan. A batch is
 * refused before anything of it is applied, or is applied as a whole.
 */
export class Intake {
  readonly #desk: Desk;
  readonly #mailman: Mailman;
  readonly #hooks: IntakeHooks;
  /** Senders of which messages are missing; kept on disk until initialised again. */
  readonly #broken: Set<WorkstationName>;

  constructor(desk: Desk, mailman: Mailman, hooks: IntakeHooks) {
    this.#desk = desk;
    this.#mailman = mailman;
    this.#hooks = hooks;
    this.#broken = new Set(desk.stores.broken.entries().map(([ws]) => ws));
  }

  /** Senders from which this workstation must be initialised again. */
  get broken(): ReadonlySet<WorkstationName> {
    return this.#broken;
  }

  mended(tx: Transaction, from: WorkstationName): void {
    this.#broken.delete(from);
    tx.delete(this.#desk.stores.broken, from);
  }

  break(tx: Transaction, from: WorkstationName): void {
    this.#broken.add(from);
    tx.put(this.#desk.stores.broken, from, true);
  }

  /** A workstation's own messages. @throws FtError when it may not send them now */
  own(tx: Transaction, batch: StreamBatch<Envelope>): void {
    const from = this.#sender(batch);
    for (const { value } of batch.entries) {
      if (value.message.ws !== from) {
        throw intakeErrors.NOT_ITS_OWN({ from, origin: value.message.ws });
      }
    }
    this.#take(tx, from, batch);
  }

  /** A manager's road. @throws FtError when the sender manages nothing next to us, as far as we know */
  road(tx: Transaction, batch: StreamBatch<Envelope>): void {
    const from = this.#sender(batch);
    const { tree, domain, roles } = this.#desk;
    const theirs = tree.domainOf(from);
    const manager = roles.managerOf(theirs);
    const isNext =
      theirs === domain || tree.parentOf(domain) === theirs || tree.parentOf(theirs) === domain;
    if (!isNext || manager !== from) {
      throw intakeErrors.NOT_MANAGER({ from, domain: theirs, manager });
    }
    this.#take(tx, from, batch);
  }

  #take(tx: Transaction, from: WorkstationName, batch: StreamBatch<Envelope>): void {
    for (const { value } of batch.entries) {
      // What follows a gap comes with the copy of the plan that is asked for now.
      if (this.#broken.has(from)) break;
      if (this.#mailman.take(tx, value) === 'gap') this.break(tx, from);
    }
    this.#desk.book.flush(tx);
  }

  #sender({ from }: StreamBatch<Envelope>): WorkstationName {
    const ws = this.#desk.workstationAt(from.host);
    if (ws === undefined || !this.#hooks.isOpen(ws)) {
      throw intakeErrors.NO_SESSION({ host: from.host });
    }
    const why = this.#hooks.closed();
    if (why !== undefined) throw intakeErrors.NOT_NOW({ why });
    return ws;
  }
}
