/** Narrower than this no column is made; a table that still does not fit runs over. */
export const MIN_COLUMN_WIDTH = 8;

/**
 * Widths of a table's columns so that their sum is at most `available`: the
 * widest columns give way first, none below `MIN_COLUMN_WIDTH` (or its natural
 * width, when that is smaller).
 */
export function fitWidths(natural: readonly number[], available: number): number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, width) => sum + width, 0) - available;
  while (excess > 0) {
    const widest = Math.max(...widths);
    if (widest <= MIN_COLUMN_WIDTH) break;
    const next = Math.max(MIN_COLUMN_WIDTH, ...widths.filter((width) => width < widest));
    const columns = widths.flatMap((width, i) => (width === widest ? [i] : []));
    const each = Math.min(widest - next, Math.ceil(excess / columns.length));
    for (const column of columns) {
      const cut = Math.min(each, excess);
      widths[column] = widest - cut;
      excess -= cut;
    }
  }
  return widths;
}
