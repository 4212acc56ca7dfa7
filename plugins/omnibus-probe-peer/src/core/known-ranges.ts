import { MAX_KNOWN_RANGES, type MasterBeat, type Position, type PositionRange } from './records.ts';

/** Whether a delivery is in one of the ranges. */
export function isKnown(at: Position, ranges: readonly PositionRange[]): boolean {
  return ranges.some(
    ({ incarnation, after, seq }) =>
      incarnation === at.incarnation && at.seq > after && at.seq <= seq,
  );
}

/**
 * What is known after a beat: more of the last range, or one more where reports
 * are missing between. What was known before stays known; the same ranges when
 * all of it was.
 */
export function extendKnown(
  ranges: readonly PositionRange[],
  { incarnation, after, upTo }: MasterBeat,
): readonly PositionRange[] {
  const last = ranges.at(-1);
  const continues = last?.incarnation === incarnation && after <= last.seq;
  if (last === undefined || !continues) {
    return [...ranges, { incarnation, after, seq: upTo }].slice(-MAX_KNOWN_RANGES);
  }
  if (upTo <= last.seq) return ranges;
  return [...ranges.slice(0, -1), { ...last, seq: upTo }];
}
