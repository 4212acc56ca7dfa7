import type { Batch, StagedLog } from './batch.ts';
import { encodeNumber, seal } from './checksum.ts';
import type { Operation } from './env.ts';
import { blockKey, KIND, memberKey, nameKey } from './keys.ts';
import { TRIMMED_BLOCKS_PER_BATCH } from './limits.ts';
import type { LiveLog } from './live-log.ts';
import { encodeSettings } from './log-settings.ts';
import { encodeLogState } from './log-state.ts';
import type { View } from './view.ts';

/** What a batch does to the environment, in order. `view` is what stands there before. */
export function batchOperations(batch: Batch, view: View): Operation[] {
  const operations: Operation[] = [];
  for (const [log, staged] of batch.logs) {
    addBlocks(log, staged, operations);
    addTrim(log, staged, view, operations);
    addCursors(log, staged, operations);
    const key = nameKey(KIND.log, log.name);
    operations.push({ key, value: seal(key, encodeLogState(staged.state)) });
    addSettings(log, staged, operations);
  }
  for (const [name, marks] of batch.marks) {
    const prefix = nameKey(KIND.mark, name);
    for (const [origin, mark] of marks) operations.push(numberOperation(prefix, origin, mark));
  }
  for (const entries of batch.entries.values()) operations.push(...entries.values());
  return operations;
}

/** Blocks that were trimmed as a whole before they reached the disk are left out. */
function addBlocks(log: LiveLog, staged: StagedLog, operations: Operation[]): void {
  const prefix = nameKey(KIND.block, log.name);
  for (const block of staged.blocks) {
    if (block.firstSeq + block.count <= staged.state.first) continue;
    const key = blockKey(prefix, block.firstSeq);
    operations.push({ key, value: block.finish(key) });
  }
}

/**
 * Removes the blocks whose records are all trimmed: each whose successor starts
 * at or before the first record held. The exact first record stands in the
 * log's state, so a block that is trimmed in part stays as it is.
 */
function addTrim(log: LiveLog, staged: StagedLog, view: View, operations: Operation[]): void {
  const { first, last } = staged.state;
  if (first === staged.firstBefore && !log.trimmedBlocks) return;
  const limit = TRIMMED_BLOCKS_PER_BATCH + 1;
  const starts = view.blocksBefore(log.name, first, limit);
  log.trimmedBlocks = starts.length === limit;
  const lastIsDone =
    first > last || view.blockFrom(log.name, first) === first || startsAt(staged, first);
  const done = lastIsDone && !log.trimmedBlocks ? starts : starts.slice(0, -1);
  const prefix = nameKey(KIND.block, log.name);
  for (const start of done) operations.push({ key: blockKey(prefix, start) });
}

function startsAt(staged: StagedLog, seq: number): boolean {
  return staged.blocks.some((block) => block.firstSeq === seq);
}

function addCursors(log: LiveLog, staged: StagedLog, operations: Operation[]): void {
  const prefix = nameKey(KIND.cursor, log.name);
  for (const [cursor, position] of staged.cursors) {
    operations.push(
      position === undefined
        ? { key: memberKey(prefix, cursor) }
        : numberOperation(prefix, cursor, position),
    );
  }
}

function addSettings(log: LiveLog, { settings }: StagedLog, operations: Operation[]): void {
  if (settings === undefined) return;
  const key = nameKey(KIND.settings, log.name);
  operations.push({ key, value: seal(key, encodeSettings(settings)) });
}

function numberOperation(prefix: Uint8Array, member: string, value: number): Operation {
  const key = memberKey(prefix, member);
  return { key, value: seal(key, encodeNumber(value)) };
}
