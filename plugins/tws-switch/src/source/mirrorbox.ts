import { checked, type PartKey, type PlanEvent } from '@ftctl/plan';
import {
  isSourceEvent,
  MIRRORBOX,
  RESYNC_REASONS,
  type ResyncReason,
  type SourceRecord,
  sourceRecordCodec,
} from '@ftctl/plan/source';
import {
  json,
  type Log,
  type PluginContext,
  type Seq,
  type Table,
  type Transaction,
} from '@ftctl/sdk';
import * as v from 'valibot';
import type { Roles } from '../desk.ts';
import { type MessageFiles, ROOM } from '../message-files.ts';
import type { PlanFollower } from '../plan-book.ts';
import { ONLY } from '../stores.ts';

/** Records that one commit may add; more is a plan anew. */
const MAX_COMMIT_RECORDS = 5_000;

export interface MirrorboxState {
  /** Syncid of the newest copy that was asked for; 0 before the first. */
  readonly syncid: number;
  /** Number of the root domain's epoch when the last record was written. */
  readonly epoch: number;
  /** Nothing was left out since the newest copy. */
  readonly whole: boolean;
  /** Why something was. */
  readonly why?: ResyncReason;
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const stateSchema = v.strictObject({
  syncid: count,
  epoch: count,
  whole: v.boolean(),
  why: v.exactOptional(v.picklist(RESYNC_REASONS)),
});
const NOTHING: MirrorboxState = { syncid: 0, epoch: 0, whole: false };

interface Place {
  readonly ctx: PluginContext<unknown>;
  readonly roles: Roles;
  readonly root: string;
  readonly self: string;
  readonly files: MessageFiles;
}

/**
 * What changes the plan, for those on this host who mirror it (decision 12):
 * appended in the commit that changes it, while this workstation is the master
 * and somebody reads. It never refuses a commit and never waits: what does not
 * fit, or was not written, becomes one record that says so.
 */
export class Mirrorbox implements PlanFollower {
  readonly log: Log<SourceRecord>;
  readonly #place: Place;
  readonly #table: Table<MirrorboxState>;
  /** With what is still on its way to the disk. */
  #state: MirrorboxState;
  #pending: SourceRecord[] = [];
  #isNewPlan = false;
  /** The log ends with a resync. */
  #isSaid = false;

  constructor(place: Place) {
    this.#place = place;
    const { ctx, files } = place;
    this.log = ctx.store.log(MIRRORBOX, {
      codec: sourceRecordCodec,
      limitBytes: files.limitOf(MIRRORBOX) * ROOM.mirrorbox,
      overflow: 'overwrite',
      topic: true,
    });
    this.#table = ctx.store.table(
      'mirrorbox',
      json('the state of the mirrorbox', (value) => checked(stateSchema, value)),
    );
    this.#state = this.#table.get(ONLY) ?? NOTHING;
  }

  get state(): MirrorboxState {
    return this.#state;
  }

  /** This workstation manages the root domain, whether or not it may act at this moment. */
  get isMaster(): boolean {
    const { roles, root, self } = this.#place;
    return roles.managerOf(root) === self;
  }

  get epoch(): number {
    const { roles, root } = this.#place;
    return roles.epochOf(root).number;
  }

  event(event: PlanEvent): void {
    if (isSourceEvent(event)) this.#add({ r: 'event', ms: this.#place.ctx.clock.now(), e: event });
  }

  gone(key: PartKey): void {
    if (!key.startsWith('command/')) this.#add({ r: 'gone', key });
  }

  /** What the plan hashes to at this point of the commit. */
  check(record: Extract<SourceRecord, { readonly r: 'check' | 'checked' }>): void {
    this.#add(record);
  }

  /** How full it is, as a part of its limit. */
  get fill(): number {
    return this.log.bounds().bytes / this.#place.files.limitOf(MIRRORBOX);
  }

  /** All of what this commit changes belongs to another plan. */
  newPlan(): void {
    this.#isNewPlan = true;
  }

  /** A copy is taken, in this commit: it stands for everything before. */
  snapshot(tx: Transaction, syncid: number): Seq {
    const { epoch } = this;
    this.#set(tx, { syncid, epoch, whole: true });
    this.#drop(tx);
    return tx.append(this.log, { r: 'snapshot', syncid, epoch });
  }

  /** Writes what has changed since the last flush. */
  flush(tx: Transaction): void {
    if (this.#pending.length === 0 && !this.#isNewPlan) return;
    const records = this.#pending;
    const why = this.#whyResync(tx);
    this.#pending = [];
    this.#isNewPlan = false;
    if (!this.#isRead) {
      if (this.#state.whole) this.#set(tx, { ...this.#state, whole: false, why: 'unread' });
    } else if (why !== undefined) this.#resync(tx, why);
    else for (const record of records) tx.append(this.log, record);
  }

  get #isRead(): boolean {
    return this.isMaster && Object.keys(this.log.cursors()).length > 0;
  }

  #add(record: SourceRecord): void {
    // Beyond it the commit says one thing alone.
    if (this.#pending.length <= MAX_COMMIT_RECORDS) this.#pending.push(record);
  }

  #whyResync(tx: Transaction): ResyncReason | undefined {
    if (this.#isNewPlan) return 'new-symphony';
    if (this.#state.epoch !== this.epoch) return 'switch';
    if (!this.#state.whole) return 'unread';
    if (this.#pending.length > MAX_COMMIT_RECORDS) return 'too-much';
    const isFull = tx.bounds(this.log).bytes > this.#place.files.limitOf(MIRRORBOX);
    return isFull ? 'full' : undefined;
  }

  /** Said once: until there is a copy, what follows is of no use either. */
  #resync(tx: Transaction, why: ResyncReason): void {
    if (why === 'unread' && this.#isSaid) return;
    // That nobody read it, or more of the same, comes after what it began with.
    const first = why === 'unread' ? (this.#state.why ?? why) : why;
    this.#set(tx, { ...this.#state, epoch: this.epoch, whole: false, why: first });
    this.#drop(tx);
    tx.append(this.log, { r: 'resync', why });
    this.#isSaid = true;
  }

  #drop(tx: Transaction): void {
    this.#isSaid = false;
    tx.trim(this.log, tx.bounds(this.log).last);
  }

  #set(tx: Transaction, state: MirrorboxState): void {
    this.#state = state;
    tx.put(this.#table, ONLY, state);
  }
}
