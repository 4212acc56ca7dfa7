/**
 * When was an event received? Not necessarily when it is read: a process that
 * was stopped, or is busy, finds in its socket what came meanwhile. So each
 * reading gets a window of time, which begins when the sockets were last known
 * to be empty: when they were read to their end, or when a whole tick passed in
 * which there was nothing to read.
 */
export interface ReceptionClock {
  readonly lastTickMs: number;
  readonly emptyAtMs: number;
  readonly readSinceTick: boolean;
}

export const TICK_MS = 50;

export function startReception(nowMs: number): ReceptionClock {
  return { lastTickMs: nowMs, emptyAtMs: nowMs, readSinceTick: false };
}

/** Between two ticks the event loop has looked at the sockets, so they were empty after the earlier one. */
export function tick(clock: ReceptionClock, nowMs: number): ReceptionClock {
  const emptyAtMs = clock.readSinceTick ? clock.emptyAtMs : clock.lastTickMs;
  return { lastTickMs: nowMs, emptyAtMs, readSinceTick: false };
}

export function readSomething(clock: ReceptionClock): ReceptionClock {
  return clock.readSinceTick ? clock : { ...clock, readSinceTick: true };
}

/** Everything that had come has been read. */
export function readToTheEnd(clock: ReceptionClock, nowMs: number): ReceptionClock {
  return { ...clock, emptyAtMs: nowMs };
}

/** The window in which something read at `nowMs` was received. */
export function receptionWindow(
  clock: ReceptionClock,
  nowMs: number,
): { readonly from: number; readonly to: number } {
  return { from: Math.min(clock.emptyAtMs, nowMs), to: nowMs };
}
