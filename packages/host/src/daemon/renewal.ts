/** Shortest and longest pause after a renewal that failed. */
const MIN_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 3_600_000;
/** A pause is never longer than this part of the life: the last third has room for many tries. */
const PAUSES_IN_LIFE = 24;
/** Doublings beyond which a pause grows no more. */
const MAX_DOUBLINGS = 16;

/**
 * How long to wait before a certificate is renewed, or renewed again after
 * failures in a row.
 */
export function renewalDelayMs(
  nowMs: number,
  renewAtMs: number,
  lifeMs: number,
  failures: number,
): number {
  if (failures === 0) return Math.max(0, renewAtMs - nowMs);
  const longestMs = Math.max(MIN_PAUSE_MS, Math.min(MAX_PAUSE_MS, lifeMs / PAUSES_IN_LIFE));
  return Math.min(longestMs, MIN_PAUSE_MS * 2 ** Math.min(failures - 1, MAX_DOUBLINGS));
}
