import type { MessageOf, Release } from './messages.ts';
import { GRANT_MS } from './timings.ts';
import { highest, isAutomatic, isReleased, type Turn } from './turn.ts';

/**
 * The one lease that a voter has granted. It is not kept on disk: a restarted
 * voter behaves as if it had just granted one (`quietGrant`).
 */

type Request = Pick<MessageOf<'claim'>, 'life' | 'atMs'>;

/** Ends the grant if it was for something asked up to the release; what was asked later stays granted. */
export function giveBack({ state }: Turn, release: Release): void {
  if (state.grant !== undefined && isReleased(release, state.grant.holder, state.grant)) {
    state.grant = undefined;
  }
  const { released } = state;
  const older =
    released !== undefined &&
    released.holder === release.holder &&
    released.life === release.life &&
    released.upToMs >= release.upToMs;
  if (!older) state.released = release;
}

/** How long `holder` is granted and promised nothing here. */
export function grantedElsewhereMs(turn: Turn, holder: string): number {
  return Math.max(0, grantEndsMs(turn, holder) - turn.nowMs);
}

/** When the grant to another than `holder` ends or has ended; minus infinity without one. */
export function grantEndsMs({ config, state }: Turn, holder: string): number {
  const { grant } = state;
  if (!isAutomatic(config) || grant === undefined || grant.holder === holder) {
    return Number.NEGATIVE_INFINITY;
  }
  return grant.grantedMs + GRANT_MS;
}

/** What a starting voter takes for granted: it may have granted just before it stopped. */
export function quietGrant(turn: Turn): void {
  const holder = highest(turn.row).owner;
  turn.state.grant = { holder, life: '', atMs: 0, grantedMs: turn.nowMs };
}

/** Grants a lease, or by a promise the first one. */
export function grant({ state, nowMs }: Turn, holder: string, { life, atMs }: Request): void {
  const { grant: last } = state;
  // A late copy of an earlier request must not make the grant look older than it is.
  const same = last !== undefined && last.holder === holder && last.life === life;
  state.grant = {
    holder,
    life,
    atMs: same ? Math.max(last.atMs, atMs) : atMs,
    grantedMs: nowMs,
  };
}
