import type { Batch } from './batch.ts';
import type { BlockBuilder } from './block.ts';
import { payloadOf } from './checksum.ts';
import type { LiveLog, RecordSource } from './live-log.ts';
import type { View } from './view.ts';

/**
 * What a commit sees: the batches that are not on disk yet, the newest first,
 * and behind them what is on disk.
 */
export class Overlay implements RecordSource {
  readonly view: View;
  readonly #batches: readonly Batch[];

  /** @param batches oldest first */
  constructor(batches: readonly Batch[], view: View) {
    this.#batches = batches;
    this.view = view;
  }

  mark(counters: string, origin: string): number {
    for (let index = this.#batches.length - 1; index >= 0; index -= 1) {
      const mark = this.#batches[index]?.marks.get(counters)?.get(origin);
      if (mark !== undefined) return mark;
    }
    return this.view.mark(counters, origin);
  }

  entry(table: string, key: string): Uint8Array | undefined {
    for (let index = this.#batches.length - 1; index >= 0; index -= 1) {
      const staged = this.#batches[index]?.entries.get(table)?.get(key);
      if (staged !== undefined) return staged.value && payloadOf(staged.value);
    }
    return this.view.entry(table, key);
  }

  *blocks(log: LiveLog): Generator<BlockBuilder> {
    for (const batch of this.#batches) yield* batch.logs.get(log)?.blocks ?? [];
  }
}
