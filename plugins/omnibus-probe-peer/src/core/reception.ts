/**
 * When was an event received? Not necessarily when it is read: a process that
 * was stopped finds in its socket what came meanwhile. A regular tick shows how
 * long the process can have been away, so each reading gets a window of time.
 */
export interface ReceptionClock {
  /** Monotonic time of the last tick. */
  readonly lastTickMs: number;
  /** While catching up after a stall: since when the socket may hold events. */
  readonly stalledSinceMs?: number;
  /** Ticks in time since the stall ended. */
  readonly regularTicks: number;
}

export const TICK_MS = 50;
/** A tick this late means that the process was not running. */
const STALL_MS = 500;
/** After so many ticks in time the socket has been read empty. */
const TICKS_TO_CATCH_UP = 2;

export function startReception(nowMs: number): ReceptionClock {
  return { lastTickMs: nowMs, regularTicks: 0 };
}

export function tick(clock: ReceptionClock, nowMs: number): ReceptionClock {
  const late = nowMs - clock.lastTickMs > STALL_MS;
  if (late) {
    return {
      lastTickMs: nowMs,
      stalledSinceMs: clock.stalledSinceMs ?? clock.lastTickMs,
      regularTicks: 0,
    };
  }
  const regularTicks = clock.regularTicks + 1;
  if (clock.stalledSinceMs === undefined || regularTicks >= TICKS_TO_CATCH_UP) {
    return { lastTickMs: nowMs, regularTicks };
  }
  return { lastTickMs: nowMs, stalledSinceMs: clock.stalledSinceMs, regularTicks };
}

/** The window in which something read at `nowMs` was received. */
export function receptionWindow(
  clock: ReceptionClock,
  nowMs: number,
): { readonly from: number; readonly to: number } {
  return { from: Math.min(clock.stalledSinceMs ?? clock.lastTickMs, nowMs), to: nowMs };
}
