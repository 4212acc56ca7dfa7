import { type LogLimits, type LogOptions, storeErrors } from '@ftctl/sdk';
import type { BlockBuilder } from './block.ts';
import { type LogSettings, limitsOf, sameSettings } from './log-settings.ts';
import { EMPTY_LOG, type LogState, trimmed } from './log-state.ts';
import type { View } from './view.ts';

/** What the plugin's code says of a log. */
export type LogPlan = Omit<LogOptions<unknown>, 'codec'>;

/** Where the records of a log stand: on disk, or still in batches. */
export interface RecordSource {
  readonly view: View;
  blocks(log: LiveLog): Iterable<BlockBuilder>;
}

/** Byte offsets of consecutive records, from which the size of each follows. */
interface RecordOffsets {
  readonly firstSeq: number;
  readonly offsets: Float64Array;
}

/**
 * A log as the writer sees it: with all commits that have been applied, on disk
 * or not. Changed in place; a commit that is taken back restores it.
 */
export class LiveLog {
  readonly name: string;
  readonly plan: LogPlan;
  /** The limits that count: the plan's, or those of the last resize. */
  settings: LogSettings;
  state: LogState = EMPTY_LOG;
  readonly cursors = new Map<string, number>();
  /** False until a commit that carries its state and settings has been asked for. */
  recorded = false;
  /** True when blocks of trimmed records may still stand on disk. */
  trimmedBlocks = true;
  #offsets: RecordOffsets | undefined;

  constructor(name: string, plan: LogPlan) {
    this.name = name;
    this.plan = plan;
    this.settings = { ...limitsOf(plan), overflow: plan.overflow, resized: false };
  }

  /** Takes the state on disk, forgetting what was not written. */
  load(view: View): void {
    const state = view.logState(this.name);
    const topic = this.plan.topic ?? false;
    const stored = view.logSettings(this.name);
    const limits = limitsOf(stored?.resized ? stored : this.plan);
    const { overflow } = this.plan;
    this.settings = { ...limits, overflow, resized: stored?.resized ?? false };
    const known = stored !== undefined && sameSettings(stored, this.settings);
    this.recorded = known && state !== undefined && state.topic === topic;
    this.state = { ...(state ?? EMPTY_LOG), topic };
    this.cursors.clear();
    for (const [cursor, position] of view.cursors(this.name, this.state)) {
      this.cursors.set(cursor, position);
    }
    this.trimmedBlocks = true;
    this.#offsets = undefined;
  }

  restore(state: LogState): void {
    this.state = state;
    this.#offsets = undefined;
  }

  position(cursor: string): number | undefined {
    const position = this.cursors.get(cursor);
    return position === undefined ? undefined : Math.max(position, this.state.first - 1);
  }

  /** True when it goes beyond a limit together with what is to come. */
  isOver(moreRecords: number, moreBytes: number): boolean {
    const { first, last, firstOffset, endOffset } = this.state;
    const { limitBytes, limitRecords } = this.settings;
    if (endOffset - firstOffset + moreBytes > limitBytes) return true;
    return limitRecords !== undefined && last - first + 1 + moreRecords > limitRecords;
  }

  /** The cursor that lags most; of several the first by name. */
  laggard(): string | undefined {
    let found: string | undefined;
    let lowest = Number.POSITIVE_INFINITY;
    for (const cursor of this.cursors.keys()) {
      const position = this.position(cursor) ?? 0;
      const lags = position < lowest || (position === lowest && cursor < (found ?? ''));
      if (lags) [found, lowest] = [cursor, position];
    }
    return found;
  }

  /** Drops what every cursor has moved past. Without cursors all is held. */
  dropDone(records: RecordSource): boolean {
    const laggard = this.laggard();
    if (laggard === undefined) return false;
    return this.dropBefore((this.position(laggard) ?? 0) + 1, records);
  }

  /** Drops the records before `seq`. False when there were none. */
  dropBefore(seq: number, records: RecordSource): boolean {
    const { last } = this.state;
    const first = Math.min(seq, last + 1);
    if (first <= this.state.first) return false;
    const firstOffset = this.#offsetOf(first, records);
    this.state = trimmed(this.state, first, firstOffset);
    return true;
  }

  /**
   * Offset of a record that is held. When its block is damaged nobody can tell:
   * its bytes count until the log has been trimmed beyond it.
   */
  #offsetOf(seq: number, records: RecordSource): number {
    if (seq > this.state.last) return this.state.endOffset;
    const known = this.#offsets;
    const offset = known?.offsets[seq - known.firstSeq];
    if (offset !== undefined) return offset;
    this.#offsets = offsetsAround(this, seq, records);
    return this.#offsets?.offsets[seq - this.#offsets.firstSeq] ?? this.state.firstOffset;
  }
}

function offsetsAround(
  log: LiveLog,
  seq: number,
  records: RecordSource,
): RecordOffsets | undefined {
  for (const builder of records.blocks(log)) {
    if (builder.firstSeq <= seq && seq < builder.firstSeq + builder.count) {
      return { firstSeq: builder.firstSeq, offsets: builder.offsets() };
    }
  }
  const block = records.view.block(log.name, seq);
  return block && { firstSeq: block.firstSeq, offsets: block.offsets() };
}

/** What nearly every append has dropped. */
const NOTHING_DROPPED: readonly (readonly [string, number])[] = [];

/**
 * Makes room for a record as the log's policy says.
 *
 * @returns the cursors that were dropped for it, with the positions they had
 * @throws FtError FT_STORE_LOG_FULL, FT_STORE_TOO_LARGE; the log is unchanged then
 */
export function makeRoom(
  log: LiveLog,
  recordBytes: number,
  records: RecordSource,
): readonly (readonly [string, number])[] {
  const { limitBytes, overflow } = log.settings;
  if (recordBytes > limitBytes) {
    const what = `a record of log ${log.name}`;
    throw storeErrors.TOO_LARGE({ what, bytes: recordBytes, limit: limitBytes });
  }
  if (!log.isOver(1, recordBytes)) return NOTHING_DROPPED;
  if (overflow === 'refuse') throw logFull(log);
  return shrink(log, 1, recordBytes, records);
}

/**
 * Gives a log other limits and drops what goes beyond them, unless its policy
 * is to refuse: then its readers make the room.
 *
 * @returns the cursors that were dropped for it, with the positions they had
 */
export function resize(
  log: LiveLog,
  limits: LogLimits,
  records: RecordSource,
): readonly (readonly [string, number])[] {
  const { overflow } = log.settings;
  log.settings = { ...limitsOf(limits), overflow, resized: true };
  return overflow === 'refuse' ? NOTHING_DROPPED : shrink(log, 0, 0, records);
}

function shrink(
  log: LiveLog,
  moreRecords: number,
  moreBytes: number,
  records: RecordSource,
): readonly (readonly [string, number])[] {
  const dropped: [string, number][] = [];
  while (log.settings.overflow === 'drop-cursor' && log.isOver(moreRecords, moreBytes)) {
    const laggard = log.laggard();
    if (laggard === undefined) break;
    dropped.push([laggard, log.position(laggard) ?? 0]);
    log.cursors.delete(laggard);
    log.dropDone(records);
  }
  while (log.isOver(moreRecords, moreBytes) && log.dropBefore(log.state.first + 1, records));
  return dropped;
}

function logFull(log: LiveLog): Error {
  const { limitBytes, limitRecords } = log.settings;
  const { first, last, firstOffset, endOffset } = log.state;
  const byCount = limitRecords !== undefined && last - first + 1 >= limitRecords;
  const name = byCount ? `${log.name} (at most ${limitRecords} records)` : log.name;
  return storeErrors.LOG_FULL({ log: name, bytes: endOffset - firstOffset, limit: limitBytes });
}
