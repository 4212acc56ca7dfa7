import { askForPromises, begin, hasEnded, nextRound, patch } from './claim.ts';
import type { MessageOf } from './messages.ts';
import { ask, reportOf } from './reports.ts';
import { HANDOVER_WAIT_MS, SOUNDING_MS } from './timings.ts';
import { isOwner, type Turn } from './turn.ts';
import type { Claim } from './types.ts';
import { isMajority } from './voters.ts';

/**
 * A switch by hand before it claims: it asks what the voters know, so that its
 * number is high enough, and the old manager to hand over, so that nobody has to
 * wait until a lease runs out.
 */

export function beginByHand(turn: Turn, force: boolean): void {
  begin(turn, force ? 'force' : 'hand', 'sounding');
  ask(turn);
}

export function claimTick(turn: Turn): void {
  const { claim } = turn.state;
  if (claim === undefined || hasEnded(turn, claim)) return;
  if (claim.phase === 'sounding') sound(turn, claim);
  else if (claim.phase === 'handover') askToHandOver(turn, claim);
  else askForPromises(turn);
}

function sound(turn: Turn, claim: Claim): void {
  const { config, row, nowMs } = turn;
  ask(turn);
  const heard = (name: string) =>
    name === config.me || reportOf(turn, name, claim.phaseMs) !== undefined;
  const ownerHeard = heard(row.epoch.owner);
  if (!(isMajority(row.voters, heard) && ownerHeard) && nowMs - claim.phaseMs < SOUNDING_MS) return;
  if (isOwner(turn)) {
    nextRound(turn);
    return;
  }
  patch(turn, { phase: 'handover', phaseMs: nowMs });
  askToHandOver(turn, { ...claim, phaseMs: nowMs });
}

function askToHandOver(turn: Turn, claim: Claim): void {
  const { row, state, nowMs } = turn;
  if (nowMs - claim.phaseMs >= HANDOVER_WAIT_MS) nextRound(turn);
  else
    turn.send(row.epoch.owner, { kind: 'handover', life: state.life, atMs: nowMs, by: claim.by });
}

export function onHanded(turn: Turn, from: string, message: MessageOf<'handed'>): void {
  const { row, state, nowMs } = turn;
  const { claim } = state;
  const { release, life, atMs } = message;
  if (claim?.phase !== 'handover' || from !== row.epoch.owner || release.holder !== from) return;
  if (life !== state.life || atMs < claim.phaseMs || atMs > nowMs) return;
  patch(turn, { release, handedMs: atMs });
  nextRound(turn);
}
