import type { WorkstationName } from '@ftctl/plan';
import type { Transaction } from '@ftctl/sdk';
import type { OpenAnswer } from './channels.ts';
import { messageChecksum } from './core/checksum.ts';
import { originOf, parseOrigin } from './core/origin.ts';
import type { Desk } from './desk.ts';
import type { Heads } from './heads.ts';
import type { Mailman } from './mailman.ts';
import { type Identity, ONLY } from './stores.ts';

/** Why nothing is launched after a restore until an operator has looked. */
export const HELD =
  'its store is new or restored: what ran here may not be known; see what runs, then `ftctl tws unhold`';

/**
 * Who this workstation is: as stored, or new. A restored store is another
 * incarnation: what it said after the backup was taken, others know and it does not.
 */
export async function identify({ ctx, stores }: Pick<Desk, 'ctx' | 'stores'>): Promise<Identity> {
  const known = stores.identity.get(ONLY);
  if (known?.store === ctx.store.incarnation) return known;
  const identity: Identity = {
    inc: (known?.inc ?? 0) + 1,
    nonce: ctx.random.id().slice(0, 8),
    lastId: 0,
    store: ctx.store.incarnation,
    ...(known === undefined ? {} : { learning: true }),
  };
  await ctx.store.commit((tx) => {
    tx.put(stores.identity, ONLY, identity);
    tx.trim(stores.own, tx.bounds(stores.own).last);
  });
  return identity;
}

/** What this workstation knows of the incarnations of others, and what it does when others know more of it. */
export class Incarnation {
  readonly #desk: Desk;
  readonly #mailman: Mailman;
  readonly #heads: Heads;

  constructor(desk: Desk, { mailman, heads }: { mailman: Mailman; heads: Heads }) {
    this.#desk = desk;
    this.#mailman = mailman;
    this.#heads = heads;
  }

  /** True until it has heard from somebody what it said before. */
  get learning(): boolean {
    return this.#mailman.identity.learning === true;
  }

  /**
   * Newest incarnation of a workstation that is known here, and its mark.
   *
   * @param nonce of the one that asks: of two with one number the other is told, so that it takes another number
   */
  knownOf(ws: WorkstationName, nonce?: string): OpenAnswer['known'] {
    let newest: OpenAnswer['known'];
    for (const [origin, mark] of this.#mailman.marks) {
      const parsed = parseOrigin(origin);
      if (parsed?.ws !== ws || parsed.inc < (newest?.inc ?? 0)) continue;
      const isAsker = parsed.inc === newest?.inc && parsed.nonce === nonce;
      if (!isAsker) newest = { inc: parsed.inc, nonce: parsed.nonce, mark };
    }
    if (newest === undefined) return undefined;
    const head = this.#heads.of(ws, originOf({ ws, ...newest }));
    return head === undefined ? newest : { ...newest, head };
  }

  /** Whether a peer knows of things that this workstation has said and does not know itself. */
  isBehind(known: OpenAnswer['known']): boolean {
    if (known === undefined) return false;
    const { inc, nonce, lastId } = this.#mailman.identity;
    if (known.inc !== inc) return known.inc > inc;
    if (known.nonce !== nonce) return known.mark > 0;
    return known.mark > lastId || !this.#isSame(known);
  }

  /** Whether the peer means the same messages by their ids, as far as they are still there to be compared. */
  #isSame({ inc, head }: NonNullable<OpenAnswer['known']>): boolean {
    const { own } = this.#desk.stores;
    const { first, last } = own.bounds();
    if (head === undefined || last < first) return true;
    const [newest] = own.read(last - 1, { maxRecords: 1 });
    if (newest === undefined || newest.value.message.inc !== inc) return true;
    // Each message takes one place.
    const oldest = last - (newest.value.message.id - head.id) - head.checksums.length + 1;
    const from = Math.max(first, oldest) - 1;
    const held = own.read(from, { maxRecords: head.checksums.length });
    return held.every(({ seq, value }) => {
      const known = head.checksums[seq - oldest];
      return known === undefined || known === messageChecksum(value.sealed);
    });
  }

  /** Which incarnation of this workstation the marks of another name, that it does not know itself. */
  forgottenIn(marks: Readonly<Record<string, number>>): OpenAnswer['known'] {
    const { self } = this.#desk;
    for (const [origin, mark] of Object.entries(marks)) {
      const parsed = parseOrigin(origin);
      if (parsed?.ws !== self) continue;
      const { inc, nonce } = parsed;
      // What it knows of itself it has said as another, or it is here from a copy.
      if (this.isBehind({ inc, nonce, mark })) return { inc, nonce, mark };
    }
    return undefined;
  }

  /** Takes a higher incarnation than any that a peer knows; ids begin again. */
  renew(tx: Transaction, known: OpenAnswer['known']): void {
    const { ctx, stores } = this.#desk;
    const identity: Identity = {
      inc: Math.max(known?.inc ?? 0, this.#mailman.identity.inc) + 1,
      nonce: ctx.random.id().slice(0, 8),
      lastId: 0,
      store: ctx.store.incarnation,
      learning: true,
    };
    tx.trim(stores.own, tx.bounds(stores.own).last);
    this.#mailman.renew(tx, identity);
  }

  /** What was known of it elsewhere is here now. */
  learned(tx: Transaction): void {
    const { learning: _learning, ...identity } = this.#mailman.identity;
    this.#mailman.renew(tx, identity);
  }
}
