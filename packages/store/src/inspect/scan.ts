import type { Range, Snapshot } from '../env.ts';

/** Entries that are taken out of a snapshot at once. */
const PIECE_ENTRIES = 256;
const PIECE_BYTES = 1024 * 1024;

/** The entries of a range, in pieces, so that no cursor is open between them. */
export function* scan(
  snapshot: Snapshot,
  range: Range,
): Generator<{ readonly key: Uint8Array; readonly value: Uint8Array }[]> {
  let from: Uint8Array = range.from;
  for (;;) {
    const piece = [];
    let bytes = 0;
    for (const entry of snapshot.entries({ from, to: range.to })) {
      piece.push(entry);
      bytes += entry.value.length;
      if (piece.length >= PIECE_ENTRIES || bytes >= PIECE_BYTES) break;
    }
    const last = piece.at(-1);
    if (last === undefined) return;
    yield piece;
    from = Buffer.concat([last.key, Buffer.from([0])]);
  }
}
