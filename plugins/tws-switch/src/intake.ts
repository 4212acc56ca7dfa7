import type { WorkstationName } from '@ftctl/plan';
import type { StreamBatch, Transaction } from '@ftctl/sdk';
import type { Envelope } from './core/envelope.ts';
import { originOf } from './core/origin.ts';
import type { Desk } from './desk.ts';
import type { Heads } from './heads.ts';
import { intakeErrors } from './intake-errors.ts';
import type { Mailman } from './mailman.ts';

export interface IntakeHooks {
  /** Whether a session of that workstation into us is open. */
  isOpen(from: WorkstationName): boolean;
  /** Messages of somebody are missing. */
  broke(): void;
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
  readonly #heads: Heads;
  readonly #hooks: IntakeHooks;
  /** Newest record of each stream that memory has; the disk has it when its commit has ended. */
  readonly #applied = new Map<string, number>();
  /** Senders of which messages are missing; kept on disk until initialised again. */
  readonly #broken: Set<WorkstationName>;

  constructor(
    desk: Desk,
    { mailman, heads }: { mailman: Mailman; heads: Heads },
    hooks: IntakeHooks,
  ) {
    this.#desk = desk;
    this.#mailman = mailman;
    this.#heads = heads;
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
    this.#take(tx, from, batch, 'own');
    const last = batch.entries.at(-1)?.value.message;
    if (last === undefined || this.#mailman.marks.get(originOf(last)) !== last.id) return;
    const envelopes = batch.entries.map(({ value }) => value);
    this.#heads.note(
      tx,
      envelopes.filter(({ message }) => message.inc === last.inc),
    );
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
    this.#take(tx, from, batch, 'road');
  }

  #take(
    tx: Transaction,
    from: WorkstationName,
    batch: StreamBatch<Envelope>,
    stream: 'own' | 'road',
  ): void {
    const key = `${stream}/${batch.from.host}/${batch.from.incarnation}`;
    const first = batch.entries[0]?.seq ?? 0;
    if (first > 0 && first <= (this.#applied.get(key) ?? 0)) {
      // It comes again although memory has it: the commit that took it in was refused.
      this.#desk.broken('a batch could not be stored');
      throw intakeErrors.NOT_NOW({ why: 'a batch could not be stored' });
    }
    this.#refuseBehindGap(tx, from, batch.entries[0]?.value);
    this.#applied.set(key, batch.entries.at(-1)?.seq ?? 0);
    for (const { value } of batch.entries) {
      // What follows a gap inside a batch comes with the copy of the plan that is asked for now.
      if (this.#broken.has(from)) break;
      if (this.#mailman.take(tx, value) === 'gap') this.break(tx, from);
    }
    this.#desk.book.flush(tx);
  }

  /** Behind a gap nothing is taken: it stays with the sender until a copy of the plan has filled the gap. */
  #refuseBehindGap(tx: Transaction, from: WorkstationName, first: Envelope | undefined): void {
    const why = `messages of ${from} are missing; a copy of the plan is fetched`;
    if (this.#broken.has(from)) throw intakeErrors.NOT_NOW({ why });
    if (first === undefined) return;
    if (first.prev <= tx.mark(this.#desk.stores.marks, originOf(first.message))) return;
    this.#broken.add(from);
    // This commit is refused, so the gap is noted by one of its own.
    this.#desk.ctx.clock.setTimer(0, () => {
      this.#desk
        .commit((own) => this.break(own, from))
        .then(
          () => this.#hooks.broke(),
          // The workstation begins anew; it was told.
          () => undefined,
        );
    });
    throw intakeErrors.NOT_NOW({ why });
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
