import type { ResyncReason, SourceRecord } from '@ftctl/plan/source';
import { changesOf } from '@ftctl/plan/source';
import { isFtError, type LogEntry, type PluginContext, type Seq, type Topic } from '@ftctl/sdk';
import type { Checking } from './checking.ts';
import { laneOf, MAIN } from './core/lanes.ts';
import type { CopyReason, LanePosition } from './core/resume.ts';
import type { CopyKey, MirrorDatabase } from './database.ts';
import { Lane } from './lane.ts';

/** Records that are read from the mirrorbox at once. */
export const PAGE_RECORDS = 2_000;
/** Changes that wait in all lanes together; beyond it nothing more is dealt. */
const MAX_WAITING = 20_000;
/** How often lanes that have nothing to do note how far they are, and the publisher is told. */
const NOTE_MS = 1_000;

/** How far the lanes are, for `status`. */
export interface LaneStatus {
  readonly lane: number;
  /** Records of the mirrorbox after its position. */
  readonly lag: number;
  /** Changes that wait in it. */
  readonly waiting: number;
}

/**
 * Reads the mirrorbox and deals its records to the lanes, until the log says, or
 * its damage does, that a copy is needed.
 */
export class Following {
  readonly #ctx: PluginContext<unknown>;
  readonly #topic: Topic<SourceRecord>;
  readonly #lanes: readonly Lane[];
  readonly #main: Lane;
  readonly #key: CopyKey;
  readonly #checking: Checking;
  #read: Seq;
  /** Newest record of the mirrorbox when it was last read. */
  #last: Seq;
  /** Wall clock of the source at the last record that was dealt. */
  #atMs = 0;
  #notedMs = Number.NEGATIVE_INFINITY;
  /** What the publisher was told. */
  #reported: Seq = 0;

  constructor(
    ctx: PluginContext<unknown>,
    topic: Topic<SourceRecord>,
    { database, checking }: { database: MirrorDatabase; checking: Checking },
    key: CopyKey,
    positions: readonly LanePosition[],
  ) {
    this.#ctx = ctx;
    this.#topic = topic;
    this.#key = key;
    this.#checking = checking;
    this.#lanes = positions.map(
      (position) => new Lane(position, (changes, to) => database.apply(key, changes, to)),
    );
    this.#main = this.#lanes[MAIN] as Lane;
    this.#read = Math.min(...positions.map(({ seq }) => seq));
    this.#last = this.#read;
  }

  status(): readonly LaneStatus[] {
    return this.#lanes.map(({ lane, applied, waiting }) => ({
      lane,
      // One that has nothing to do is as far as what was read.
      lag: this.#last - (waiting === 0 ? Math.max(applied, this.#read) : applied),
      waiting,
    }));
  }

  /** Grows with whatever any lane applies. */
  get applied(): number {
    return this.#lanes.reduce((sum, { applied }) => sum + applied, 0);
  }

  /** Milliseconds that the newest change in the database is behind its making; 0 when nothing waits. */
  lagMs(): number {
    const isBehind = this.status().some(({ lag }) => lag > 0);
    return isBehind && this.#atMs > 0 ? Math.max(0, this.#ctx.clock.now() - this.#atMs) : 0;
  }

  /**
   * Takes in what is there now.
   *
   * @returns why a copy is needed; else how many records were read
   * @throws FtError of the database or the store
   */
  async step(): Promise<CopyReason | number> {
    let page: readonly LogEntry<SourceRecord>[];
    try {
      page = this.#topic.read(this.#read, { maxRecords: PAGE_RECORDS });
      this.#last = this.#topic.bounds().last;
    } catch (error) {
      if (isFtError(error, 'FT_STORE_CORRUPT') || isFtError(error, 'FT_CODEC_INVALID')) {
        return 'damaged';
      }
      throw error;
    }
    for (const { seq, value } of page) {
      const why = this.#whyNot(seq, value);
      if (why !== undefined) return why;
      await this.#deal(seq, value);
      this.#read = seq;
    }
    await this.#note(page.length === 0);
    return page.length;
  }

  #whyNot(seq: Seq, record: SourceRecord): ResyncReason | CopyReason | undefined {
    if (record.r === 'resync') return record.why;
    if (record.r === 'snapshot') return 'other-plan';
    return seq === this.#read + 1 ? undefined : 'behind';
  }

  async #deal(seq: Seq, record: SourceRecord): Promise<void> {
    if (record.r === 'event') this.#atMs = record.ms;
    const lane = laneOf(record, this.#lanes.length - 1);
    const changes = changesOf(record);
    if (lane === 'barrier') {
      await this.#drained();
      this.#main.add(seq, changes);
      await this.#main.drained();
      if (record.r === 'checked') await this.#checking.end(this.#key, record);
    } else if (record.r === 'check') {
      (this.#lanes[lane] as Lane).add(seq, [], () => this.#checking.compare(this.#key, record));
    } else (this.#lanes[lane] as Lane).add(seq, changes);
    while (this.#waiting > MAX_WAITING) await this.#oneBatch();
  }

  get #waiting(): number {
    return this.#lanes.reduce((sum, { waiting }) => sum + waiting, 0);
  }

  async #drained(): Promise<void> {
    for (const lane of this.#lanes) await lane.drained();
  }

  /** Until any lane in which something waits is a transaction further. @throws what the database has said */
  async #oneBatch(): Promise<void> {
    const waiting = this.#lanes.filter((lane) => lane.waiting > 0);
    await Promise.race(waiting.map(({ batch }) => batch));
  }

  /**
   * Before the publisher drops anything, every lane has noted that it is past it:
   * those with something to do have, by their last transaction.
   */
  async #note(isIdle: boolean): Promise<void> {
    if (this.#reported === this.#read) return;
    if (isIdle) await this.#drained();
    const nowMs = this.#ctx.clock.monotonic();
    if (nowMs - this.#notedMs < NOTE_MS) return;
    this.#notedMs = nowMs;
    // A database that stands still is not asked for more.
    if (this.#waiting > 0) await this.#oneBatch();
    for (const lane of this.#lanes) if (!lane.isBusy) await lane.advance(this.#read);
    const upTo = Math.min(...this.#lanes.map(({ applied }) => applied));
    if (upTo <= this.#reported) return;
    await this.#topic.report(upTo);
    this.#reported = upTo;
  }
}
