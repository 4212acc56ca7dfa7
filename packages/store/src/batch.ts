import { BlockBuilder, type BlockMark, blockBytesFor } from './block.ts';
import type { Operation } from './env.ts';
import { BATCH_BYTES, BATCH_OPERATIONS, BLOCK_BYTES } from './limits.ts';
import type { LiveLog } from './live-log.ts';
import type { LogSettings } from './log-settings.ts';
import type { LogState } from './log-state.ts';

/** What a batch changes in one log. */
export class StagedLog {
  /** As it is after the last commit of the batch. */
  state: LogState;
  /** Limits and policy, when they are to be written. */
  settings: LogSettings | undefined;
  /** Number of the first record before the batch. */
  readonly firstBefore: number;
  readonly blocks: BlockBuilder[] = [];
  /** Positions by cursor; undefined: dropped. */
  readonly cursors = new Map<string, number | undefined>();

  constructor(state: LogState) {
    this.state = state;
    this.firstBefore = state.first;
  }

  append(record: Uint8Array, seq: number, offset: number): void {
    let block = this.blocks.at(-1);
    if (block === undefined || !block.fits(record.length)) {
      // Behind a full block there is likely to be another one: it need not grow step by step.
      const capacity = this.blocks.length > 0 ? BLOCK_BYTES : 0;
      block = new BlockBuilder(seq, offset, Math.max(capacity, blockBytesFor(record.length)));
      this.blocks.push(block);
    }
    block.append(record);
  }

  mark(): { readonly blocks: number; readonly last: BlockMark | undefined } {
    return { blocks: this.blocks.length, last: this.blocks.at(-1)?.mark() };
  }

  backTo(mark: { readonly blocks: number; readonly last: BlockMark | undefined }): void {
    this.blocks.length = mark.blocks;
    if (mark.last !== undefined) this.blocks.at(-1)?.backTo(mark.last);
  }
}

/** A commit that waits for its batch. */
export interface PendingCommit {
  resolve(): void;
  reject(reason: unknown): void;
}

/** The commits that share one flush, and all that they change. */
export class Batch {
  readonly logs = new Map<LiveLog, StagedLog>();
  /** By set of counters, by origin. */
  readonly marks = new Map<string, Map<string, number>>();
  /** By table, by key. */
  readonly entries = new Map<string, Map<string, Operation>>();
  readonly commits: PendingCommit[] = [];
  bytes = 0;
  operations = 0;

  get isFull(): boolean {
    return this.bytes >= BATCH_BYTES || this.operations >= BATCH_OPERATIONS;
  }

  log(log: LiveLog): StagedLog {
    let staged = this.logs.get(log);
    if (staged === undefined) {
      staged = new StagedLog(log.state);
      this.logs.set(log, staged);
    }
    return staged;
  }
}

/** The map under a name, made when it is not there. */
export function innerMap<V>(maps: Map<string, Map<string, V>>, name: string): Map<string, V> {
  let map = maps.get(name);
  if (map === undefined) {
    map = new Map();
    maps.set(name, map);
  }
  return map;
}
