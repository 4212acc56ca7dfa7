import { type Epoch, sameEpoch } from '@ftctl/plan';
import { giveBack } from './grants.ts';
import type { ClaimBy, MessageOf, Refusal, Release } from './messages.ts';
import { announce, askForLease } from './owner.ts';
import { highestNumber } from './reports.ts';
import {
  ANNOUNCE_MS,
  CLAIM_MS,
  FORCE_MS,
  GRANT_MS,
  HANDED_MS,
  MAX_ROUNDS,
  ROUND_MS,
  STAGGER_MS,
} from './timings.ts';
import { isAutomatic, type Turn } from './turn.ts';
import type { Claim } from './types.ts';
import { vote } from './voter.ts';
import { allVoters, isMajority } from './voters.ts';

/**
 * The claimant's side: it asks the voters to promise it the next number, and has
 * the epoch when a majority did. A candidate by itself begins here, having asked
 * what the voters know; what comes before by hand is in by-hand.ts.
 */

export function beginByItself(turn: Turn): void {
  begin(turn, 'itself', 'claiming');
  nextRound(turn);
}

export function begin(turn: Turn, by: ClaimBy, phase: Claim['phase']): void {
  const { state, nowMs } = turn;
  state.claim = {
    by,
    phase,
    startedMs: nowMs,
    phaseMs: nowMs,
    number: 0,
    round: 0,
    roundMs: nowMs,
    promised: {},
    refused: {},
    dueMs: {},
  };
}

/** From the beginning, in the time that is left: the epoch or the list of voters has changed. */
export function restartClaim(turn: Turn): void {
  const { claim } = turn.state;
  if (claim === undefined) return;
  giveBackPromises(turn);
  begin(turn, claim.by, 'sounding');
  patch(turn, { startedMs: claim.startedMs, round: claim.round });
}

/** True when its time is over; then it is given up, or taken by force. */
export function hasEnded(turn: Turn, claim: Claim): boolean {
  const elapsedMs = turn.nowMs - claim.startedMs;
  if (claim.by === 'force' && elapsedMs >= FORCE_MS) {
    win(turn, { number: highestNumber(turn) + 1, owner: turn.config.me }, true);
    return true;
  }
  const roundMs = claim.phase === 'claiming' ? turn.nowMs - claim.roundMs : 0;
  const over = elapsedMs >= CLAIM_MS || claim.round > MAX_ROUNDS;
  if (!over && !(claim.by === 'itself' && roundMs >= ROUND_MS)) return false;
  giveUp(turn, claim);
  return true;
}

function giveUp(turn: Turn, claim: Claim): void {
  abandon(turn);
  if (claim.by === 'itself') return;
  const missing = missingVoters(turn, claim).map(
    (name) => `${name} (${claim.refused[name] ?? 'no answer'})`,
  );
  const why = claim.unfit === undefined ? 'no-majority' : 'unfit';
  const detail = claim.unfit ?? missing.join(', ');
  turn.run({ kind: 'refused', command: 'switchmgr', why, detail });
}

/** Ends a claim for good: promises for its number that come later do not count. */
export function abandon(turn: Turn): void {
  const { state, nowMs } = turn;
  giveBackPromises(turn);
  state.claim = undefined;
  state.backOffUntilMs = nowMs + (place(turn) + 1) * STAGGER_MS;
}

/** Lets the voters promise to others at once. */
function giveBackPromises(turn: Turn): void {
  const { config, state, nowMs } = turn;
  if (state.claim?.phase !== 'claiming' || !isAutomatic(config)) return;
  const release: Release = { holder: config.me, life: state.life, upToMs: nowMs };
  state.grantsFromMs = nowMs;
  state.granted = {};
  giveBack(turn, release);
  for (const to of allVoters(turn.row.voters)) {
    if (to !== config.me) turn.send(to, { kind: 'release', release });
  }
}

/** Claims the next number; what was promised for the one before does not count. */
export function nextRound(turn: Turn): void {
  const { claim } = turn.state;
  if (claim === undefined) return;
  const number = highestNumber(turn) + 1;
  turn.store({ claimed: number });
  patch(turn, {
    phase: 'claiming',
    number,
    round: claim.round + 1,
    roundMs: turn.nowMs,
    promised: {},
    refused: {},
    dueMs: {},
  });
  askForPromises(turn);
}

export function askForPromises(turn: Turn): void {
  const { config, row, state, nowMs } = turn;
  const { claim } = state;
  // What was sent up to `grantsFromMs` was given back.
  if (claim === undefined || nowMs <= state.grantsFromMs) return;
  // The old manager asks for its role again after a while.
  if (claim.handedMs !== undefined && nowMs - claim.handedMs > HANDED_MS) {
    restartClaim(turn);
    return;
  }
  const unfit = state.unfit[config.me];
  const request = {
    claim: { number: claim.number, owner: config.me },
    by: claim.by,
    life: state.life,
    atMs: nowMs,
    ...(unfit === undefined ? {} : { unfit: unfit.slice(0, 256) }),
    ...(claim.release === undefined ? {} : { release: claim.release }),
  };
  for (const name of allVoters(row.voters)) {
    if (claim.promised[name] !== undefined || (claim.dueMs[name] ?? nowMs) > nowMs) continue;
    if (name !== config.me) {
      turn.send(name, { kind: 'claim', ...request });
      continue;
    }
    const verdict = vote(turn, request);
    if (verdict.ok) notePromise(turn, name, nowMs);
    else noteRefusal(turn, name, verdict.why, verdict.waitMs, verdict.reason);
    if (turn.state.claim?.number !== claim.number) return;
  }
}

export function onPromise(turn: Turn, from: string, message: MessageOf<'promise'>): void {
  const { config, state, nowMs } = turn;
  const { claim } = state;
  if (claim?.phase !== 'claiming' || message.life !== state.life || message.atMs > nowMs) return;
  if (!sameEpoch(message.claim, { number: claim.number, owner: config.me })) return;
  if (hasEnded(turn, claim)) return;
  notePromise(turn, from, message.atMs);
}

function notePromise(turn: Turn, from: string, atMs: number): void {
  const { config, row, state } = turn;
  const { claim } = state;
  if (claim === undefined) return;
  const promised = { ...claim.promised, [from]: Math.max(atMs, claim.promised[from] ?? atMs) };
  patch(turn, { promised });
  if (!isMajority(row.voters, (name) => promised[name] !== undefined)) return;
  win(turn, { number: claim.number, owner: config.me }, false);
}

export function onRefuse(turn: Turn, from: string, message: MessageOf<'refuse'>): void {
  const { config, state } = turn;
  const { claim } = state;
  const { promised, waitMs, why, reason } = message;
  if (claim?.phase !== 'claiming' || message.life !== state.life) return;
  if (message.claim === undefined) return;
  if (!sameEpoch(message.claim, { number: claim.number, owner: config.me })) return;
  if (why === 'higher' && promised !== undefined) {
    turn.store({ claimed: Math.max(turn.row.claimed, promised.number) });
  }
  noteRefusal(turn, from, why, waitMs, reason);
}

function noteRefusal(
  turn: Turn,
  from: string,
  why: Refusal,
  waitMs: number,
  reason: string | undefined,
): void {
  const { row, nowMs, state } = turn;
  const { claim } = state;
  if (claim === undefined) return;
  const refused = { ...claim.refused, [from]: why };
  const retryMs = why === 'wait' ? waitMs : STAGGER_MS;
  patch(turn, {
    refused,
    dueMs: { ...claim.dueMs, [from]: nowMs + retryMs },
    ...(why === 'unfit' ? { unfit: reason ?? 'unfit' } : {}),
  });
  if (why === 'higher') {
    // The better one of two that outbid each other goes on at once, the other at a later tick.
    if (claim.round > 1 && nowMs - claim.roundMs < place(turn) * STAGGER_MS) return;
    nextRound(turn);
  } else if (why === 'unfit' && !isMajority(row.voters, (name) => refused[name] !== 'unfit')) {
    const now = turn.state.claim;
    if (now !== undefined) giveUp(turn, now);
  }
}

/** The epoch is ours. Everything that says so leaves after it is on disk. */
function win(turn: Turn, epoch: Epoch, forced: boolean): void {
  const { config, state, nowMs } = turn;
  const { claim } = state;
  if (claim === undefined) return;
  const automatic = isAutomatic(config);
  turn.store({ epoch, opened: false, forced, claimed: epoch.number });
  state.isolation = undefined;
  state.openingMs = nowMs;
  state.claim = undefined;
  // A promise is the first grant.
  state.granted = automatic && !forced ? claim.promised : {};
  state.forcedFromMs = claim.release === undefined && automatic ? nowMs + 1.1 * GRANT_MS : nowMs;
  state.managerHeardMs = nowMs;
  turn.run({ kind: 'claimed', epoch, by: claim.by, notAsked: missingVoters(turn, claim) });
  if (automatic) {
    askForLease(turn);
    return;
  }
  state.renewedMs = nowMs - ANNOUNCE_MS;
  announce(turn);
}

function missingVoters({ row, config }: Turn, { promised }: Claim): readonly string[] {
  return allVoters(row.voters).filter((name) => promised[name] === undefined && name !== config.me);
}

/** Place among those who may want the role, 0 for the first; it spaces their rounds. */
export function place({ config, row, state }: Turn): number {
  const fit = config.candidates.filter(
    (name) => state.unfit[name] === undefined && name !== row.epoch.owner,
  );
  const at = fit.indexOf(config.me);
  return at >= 0 ? at : fit.length;
}

export function patch({ state }: Turn, change: Partial<Claim>): void {
  if (state.claim !== undefined) state.claim = { ...state.claim, ...change };
}
