import { beginByItself, place } from './claim.ts';
import { grantEndsMs } from './grants.ts';
import { leaseUntilMs } from './lease.ts';
import { ask, reportOf } from './reports.ts';
import {
  ASK_MS,
  DEFER_MS,
  HOLD_MS,
  HYSTERESIS_MS,
  REPORT_AGE_MS,
  STAGGER_MS,
  SUSPECT_MS,
} from './timings.ts';
import { highest, isAutomatic, isOwner, type Turn } from './turn.ts';
import { isMajority } from './voters.ts';

/**
 * The automatic switch: a fit candidate that has not heard an acting manager for
 * a while asks the voters, and claims when the grants of a majority have run
 * out; a manager that still has its lease is not disturbed. The first of the
 * list claims at once, each further one `STAGGER_MS` later. A place in the list
 * is never a reason to replace a manager that acts.
 */
export function electionTick(turn: Turn): void {
  const { state, nowMs } = turn;
  if (!mayStand(turn)) return;
  if (isOwner(turn) && leaseUntilMs(state) > nowMs) state.managerHeardMs = nowMs;
  const sinceMs = nowMs - state.managerHeardMs - SUSPECT_MS - holdMs(turn);
  if (sinceMs < 0) return;
  ask(turn);
  if (nowMs < state.backOffUntilMs || (sinceMs < DEFER_MS && anotherClaims(turn))) return;
  if (isOwner(turn) && isMajority(turn.row.voters, (name) => wouldRenew(turn, name))) return;
  const waitMs = place(turn) * STAGGER_MS;
  if (isMajority(turn.row.voters, (name) => dueMs(turn, name) + waitMs <= nowMs)) {
    beginByItself(turn);
  }
}

function mayStand(turn: Turn): boolean {
  const { config, state, row } = turn;
  const { isolation } = state;
  return (
    isAutomatic(config) &&
    row.learned &&
    state.claim === undefined &&
    config.candidates.includes(config.me) &&
    state.unfit[config.me] === undefined &&
    (isolation === undefined || isolation.why === 'starting')
  );
}

/** How much longer a manager waits that was replaced while it ran, not long ago. */
export function holdMs({ config, state, nowMs }: Turn): number {
  const sinceMs = nowMs - (config.hysteresisMs ?? HYSTERESIS_MS);
  return HOLD_MS * state.replacedMs.filter((atMs) => atMs > sinceMs).length;
}

/** Two claims at once divide the votes. */
function anotherClaims(turn: Turn): boolean {
  const { core } = turn.config;
  return core.some((name) => reportOf(turn, name, turn.nowMs - 2 * ASK_MS)?.claiming === true);
}

/** A manager that lost its lease asks for a new number only when voters have promised its own away. */
function wouldRenew(turn: Turn, name: string): boolean {
  const { config, row, nowMs } = turn;
  if (name === config.me) return highest(row).owner === name;
  const report = reportOf(turn, name, nowMs - REPORT_AGE_MS);
  return report?.learned === true && highest(report).owner === config.me;
}

/** From when on a voter would promise; infinity when that is not known. */
function dueMs(turn: Turn, name: string): number {
  const { config, nowMs } = turn;
  if (name === config.me) return grantEndsMs(turn, name);
  const report = reportOf(turn, name, nowMs - REPORT_AGE_MS);
  return report?.learned ? report.dueMs : Number.POSITIVE_INFINITY;
}
