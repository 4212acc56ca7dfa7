/** Bounds of a growing pause between attempts, in milliseconds. */
export interface BackOffRange {
  readonly minMs: number;
  readonly maxMs: number;
}

/**
 * The pause after `failures` attempts in a row that failed: doubling from
 * `minMs` to `maxMs`, and of that between half and all (`chance` in [0, 1)), so
 * that hosts which lost the same peer at once do not all come back at once.
 */
export function backOffMs(range: BackOffRange, failures: number, chance: number): number {
  // Beyond 2^30 the doubling has long reached any sensible limit.
  const doublings = Math.min(Math.max(failures - 1, 0), 30);
  const ceiling = Math.min(range.maxMs, range.minMs * 2 ** doublings);
  return ceiling / 2 + (ceiling / 2) * chance;
}
