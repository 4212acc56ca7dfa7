import { LEASE_MS } from './timings.ts';
import { isAutomatic } from './turn.ts';
import type { SwitcherConfig, SwitcherState } from './types.ts';
import { majorityValue } from './voters.ts';

/**
 * Until when the owner may act, by the grants of a majority; each counts from
 * the moment before the request for it was sent. Minus infinity without them.
 */
export function leaseUntilMs({ row, granted }: SwitcherState): number {
  return majorityValue(row.voters, (name) => granted[name] ?? Number.NEGATIVE_INFINITY) + LEASE_MS;
}

/**
 * Until when this workstation acts as manager: 0 when it does not, infinity when
 * nothing but a higher epoch can end it.
 */
export function actsUntilMs(config: SwitcherConfig, state: SwitcherState, nowMs: number): number {
  const { row } = state;
  if (row.epoch.owner !== config.me || !row.opened || state.isolation !== undefined) return 0;
  if (!isAutomatic(config)) return Number.POSITIVE_INFINITY;
  const untilMs = leaseUntilMs(state);
  if (row.forced && untilMs <= nowMs) {
    return nowMs >= state.forcedFromMs ? Number.POSITIVE_INFINITY : 0;
  }
  return Math.max(0, untilMs);
}

/** Asked before each effect of the manager: writing to a road, a plan, a link. */
export function mayAct(config: SwitcherConfig, state: SwitcherState, nowMs: number): boolean {
  return nowMs < actsUntilMs(config, state, nowMs);
}
