import { type Part, type PlanId, scoped, type WorkstationName } from '@ftctl/plan';
import type { Timer, Transaction } from '@ftctl/sdk';
import {
  type BoxPage,
  type BoxQuestion,
  MAX_COPY_PAGES,
  type SnapshotPage,
  type SnapshotQuestion,
} from './channels.ts';
import { unwrapStored } from './core/envelope.ts';
import { parseOrigin } from './core/origin.ts';
import { type Desk, isCore, isEnhanced, viewOf } from './desk.ts';
import type { Dropped } from './dropped.ts';
import type { Ftboxes } from './ftboxes.ts';
import type { Mailman } from './mailman.ts';
import type { Roads } from './roads.ts';
import { snapshotErrors } from './snapshot-errors.ts';

/** Characters of one page, as JSON; well below what one answer may hold. */
const PAGE_CHARACTERS = 256 * 1024;
/** Copies that are handed out at the same time. */
const MAX_COPIES = 8;
/** A copy that nobody asks for any more is forgotten. */
const KEEP_MS = 30_000;
const BOX_RECORDS = 500;

export interface SnapshotHooks {
  /** The newest plan that may be worked with. */
  announced(): PlanId;
  /** A copy is ready, and the reader's road follows it. */
  made(reader: WorkstationName): void;
}

interface Copy {
  readonly pages: readonly SnapshotPage[];
  readonly reader: WorkstationName;
  timer: Timer;
}

/**
 * Hands out copies of the plan. From the commit in which a copy is made, the
 * reader's road and the own log carry for it what came later, so that copy and
 * roads together miss nothing.
 */
export class Snapshots {
  readonly #desk: Desk;
  readonly #mailman: Mailman;
  readonly #roads: Roads;
  readonly #dropped: Dropped;
  readonly #boxes: Ftboxes;
  readonly #copies = new Map<string, Copy>();
  readonly #hooks: SnapshotHooks;

  constructor(
    desk: Desk,
    {
      mailman,
      roads,
      boxes,
      dropped,
    }: { mailman: Mailman; roads: Roads; boxes: Ftboxes; dropped: Dropped },
    hooks: SnapshotHooks,
  ) {
    this.#desk = desk;
    this.#mailman = mailman;
    this.#roads = roads;
    this.#dropped = dropped;
    this.#boxes = boxes;
    this.#hooks = hooks;
  }

  stop(): void {
    for (const { timer } of this.#copies.values()) timer.cancel();
    this.#copies.clear();
  }

  /** @throws FtError FT_TWS_TOO_MANY_COPIES, FT_TWS_COPY_GONE */
  async page(question: SnapshotQuestion, reader: WorkstationName): Promise<SnapshotPage> {
    const token = question.token ?? (await this.#make(reader));
    const copy = this.#copies.get(token);
    const page = copy?.pages[question.page];
    if (copy?.reader !== reader || page === undefined) throw snapshotErrors.COPY_GONE({ reader });
    copy.timer.cancel();
    copy.timer = this.#forgetLater(token);
    if (!page.more) this.#forget(token);
    return page;
  }

  boxPage({ direction, after }: BoxQuestion): BoxPage {
    const box = this.#boxes.box(direction);
    const entries = box.readEncoded(after, { maxRecords: BOX_RECORDS, maxBytes: PAGE_CHARACTERS });
    return {
      records: entries.map(({ seq, value }) => ({ seq, sealed: unwrapStored(value).sealed })),
      more: (entries.at(-1)?.seq ?? Number.POSITIVE_INFINITY) < box.bounds().last,
    };
  }

  async #make(reader: WorkstationName): Promise<string> {
    for (const [token, copy] of this.#copies) if (copy.reader === reader) this.#forget(token);
    if (this.#copies.size >= MAX_COPIES) throw snapshotErrors.TOO_MANY_COPIES({ reader });
    const { ctx } = this.#desk;
    const token = ctx.random.id();
    const pages = await this.#desk.commit((tx) => {
      const made = this.#pages(token, reader);
      this.#follow(tx, reader);
      return made;
    });
    this.#copies.set(token, { pages, reader, timer: this.#forgetLater(token) });
    this.#hooks.made(reader);
    return token;
  }

  #pages(token: string, reader: WorkstationName): readonly SnapshotPage[] {
    const { book } = this.#desk;
    const scope = { ...viewOf(this.#desk), reader };
    const pages: Part[][] = [[]];
    let characters = 0;
    for (const part of book.plan.parts()) {
      const seen = scoped(scope, part);
      if (seen === undefined) continue;
      const length = JSON.stringify(seen).length;
      characters += length;
      if (characters > PAGE_CHARACTERS) {
        pages.push([]);
        characters = length;
      }
      pages.at(-1)?.push(seen);
    }
    if (pages.length > MAX_COPY_PAGES) throw snapshotErrors.TOO_LARGE({ pages: pages.length });
    const { header } = book.plan;
    const first: Pick<SnapshotPage, 'header' | 'marks' | 'known' | 'announced'> = {
      marks: Object.fromEntries(this.#marksFor(reader)),
      known: Object.fromEntries(this.#mailman.marks),
      announced: this.#hooks.announced(),
      ...(header === undefined ? {} : { header }),
    };
    return pages.map((parts, at) => ({
      token,
      ...(at === 0 ? first : {}),
      parts,
      more: at < pages.length - 1,
    }));
  }

  /** Only origins of which this copy knows all that the reader wants. */
  *#marksFor(reader: WorkstationName): Generator<readonly [string, number]> {
    const { tree, self, domain } = this.#desk;
    const isAbove = tree.domainOf(reader) === tree.parentOf(domain);
    for (const [origin, id] of this.#mailman.marks) {
      const ws = parseOrigin(origin)?.ws;
      if (ws === undefined || !tree.topology.workstations.has(ws)) continue;
      const isTold = isCore(this.#desk) ? !isAbove || tree.isBelow(ws, domain) : ws === self;
      if (isTold) yield [origin, id];
    }
  }

  #follow(tx: Transaction, reader: WorkstationName): void {
    const { stores, tree, domain, roles } = this.#desk;
    const { own } = stores;
    if (tx.position(own, reader) !== undefined || tree.coreOf(domain).includes(reader)) {
      tx.moveCursor(own, reader, tx.bounds(own).last);
    }
    const isOfCore = tree.coreOf(domain).includes(reader);
    if (!roles.acting() || (isOfCore && isEnhanced(this.#desk))) return;
    this.#roads.clear(tx, reader);
    this.#roads.follow(reader, this.#mailman.marks);
    this.#roads.goLive(reader);
    this.#dropped.remove(tx, reader);
    const isAbove = tree.parentOf(domain) === tree.domainOf(reader);
    const { number, owner } = roles.epochOf(domain);
    const { last: seq } = tx.bounds(this.#boxes.box(isAbove ? 'up' : 'down'));
    tx.put(stores.replayed, reader, { epoch: `${number}/${owner}`, seq });
  }

  #forget(token: string): void {
    this.#copies.get(token)?.timer.cancel();
    this.#copies.delete(token);
  }

  #forgetLater(token: string): Timer {
    return this.#desk.ctx.clock.setTimer(KEEP_MS, () => this.#forget(token));
  }
}
