import { type LogLimits, type StoreLimits, storeErrors } from '@ftctl/sdk';
import { type Batch, innerMap, type StagedLog } from './batch.ts';
import type { Operation } from './env.ts';
import { OPERATION_OVERHEAD_BYTES, RECORD_OVERHEAD_BYTES } from './limits.ts';
import { type LiveLog, makeRoom, resize } from './live-log.ts';
import { grown } from './log-state.ts';
import { Overlay } from './overlay.ts';
import type { View } from './view.ts';

/**
 * What one commit does to the batch and to the live logs: changed in place, with
 * a journal of how to take it back.
 */
export class Staging {
  readonly limits: StoreLimits;
  readonly overlay: Overlay;
  readonly #batch: Batch;
  readonly #undo: (() => void)[] = [];
  readonly #touched = new Map<LiveLog, StagedLog>();
  #bytes = 0;
  #operations = 0;

  /** @param batches those not on disk, oldest first; the last one takes the commit */
  constructor(limits: StoreLimits, batches: readonly Batch[], batch: Batch, view: View) {
    this.limits = limits;
    this.overlay = new Overlay(batches, view);
    this.#batch = batch;
  }

  /** What the commit writes, as it counts against the limits. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Leaves the changes to the batch. */
  keep(): void {
    for (const [log, staged] of this.#touched) staged.state = log.state;
    this.#batch.bytes += this.#bytes;
    this.#batch.operations += this.#operations;
  }

  takeBack(): void {
    for (const undo of this.#undo.reverse()) undo();
  }

  append(log: LiveLog, record: Uint8Array): number {
    const cost = record.length + RECORD_OVERHEAD_BYTES;
    this.#checkCost(cost);
    const staged = this.#touch(log);
    for (const [cursor, before] of makeRoom(log, record.length, this.overlay)) {
      this.#stageCursor(log, staged, cursor, before);
    }
    const seq = log.state.last + 1;
    staged.append(record, seq, log.state.endOffset);
    log.state = grown(log.state, record.length);
    this.#bytes += cost;
    return seq;
  }

  /** Sets a cursor, or drops it, and with it the records that no cursor needs any more. */
  setCursor(log: LiveLog, cursor: string, to: number | undefined): void {
    this.#charge(cursor.length);
    const staged = this.#touch(log);
    const before = log.cursors.get(cursor);
    if (to === undefined) log.cursors.delete(cursor);
    else log.cursors.set(cursor, to);
    this.#stageCursor(log, staged, cursor, before);
    log.dropDone(this.overlay);
  }

  trim(log: LiveLog, upTo: number): void {
    this.#charge(0);
    this.#touch(log);
    log.dropBefore(upTo + 1, this.overlay);
  }

  resize(log: LiveLog, limits: LogLimits): void {
    this.#charge(0);
    const staged = this.#touch(log);
    const { settings } = log;
    const before = staged.settings;
    this.#undo.push(() => {
      log.settings = settings;
      staged.settings = before;
    });
    for (const [cursor, position] of resize(log, limits, this.overlay)) {
      this.#stageCursor(log, staged, cursor, position);
    }
    staged.settings = log.settings;
  }

  setMark(counters: string, origin: string, id: number): void {
    this.#charge(origin.length);
    this.#stage(innerMap(this.#batch.marks, counters), origin, id);
  }

  setEntry(table: string, key: string, operation: Operation): void {
    this.#charge(operation.key.length + (operation.value?.length ?? 0));
    this.#stage(innerMap(this.#batch.entries, table), key, operation);
  }

  /** The first change of a log by this commit; later ones find it touched. */
  #touch(log: LiveLog): StagedLog {
    const touched = this.#touched.get(log);
    if (touched !== undefined) return touched;
    const state = log.state;
    const isNew = !this.#batch.logs.has(log);
    const staged = this.#batch.log(log);
    const mark = staged.mark();
    this.#undo.push(() => {
      log.restore(state);
      if (isNew) this.#batch.logs.delete(log);
      else staged.backTo(mark);
    });
    this.#touched.set(log, staged);
    return staged;
  }

  /** Notes a cursor as it is now. */
  #stageCursor(log: LiveLog, staged: StagedLog, cursor: string, before: number | undefined): void {
    this.#undo.push(() => {
      if (before === undefined) log.cursors.delete(cursor);
      else log.cursors.set(cursor, before);
    });
    this.#stage(staged.cursors, cursor, log.cursors.get(cursor));
  }

  #stage<V>(map: Map<string, V>, key: string, value: V): void {
    if (map.has(key)) {
      const before = map.get(key) as V;
      this.#undo.push(() => map.set(key, before));
    } else {
      this.#undo.push(() => map.delete(key));
    }
    map.set(key, value);
  }

  #charge(bytes: number): void {
    const cost = bytes + OPERATION_OVERHEAD_BYTES;
    this.#checkCost(cost);
    this.#bytes += cost;
    this.#operations += 1;
  }

  #checkCost(cost: number): void {
    const bytes = this.#bytes + cost;
    const limit = this.limits.commitBytes;
    if (bytes > limit) throw storeErrors.TOO_LARGE({ what: 'a commit', bytes, limit });
  }
}
