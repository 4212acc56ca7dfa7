import { type Epoch, sameEpoch } from '@ftctl/plan';
import { giveBack, grant, grantedElsewhereMs } from './grants.ts';
import { stepAside } from './handover.ts';
import type { ClaimBy, MessageOf, Refusal, Release } from './messages.ts';
import { highest, isAutomatic, isOwner, isReleased, type Turn, votesHere } from './turn.ts';
import { isNewerList } from './voters.ts';

/**
 * The voter's side: it promises an epoch's number to one claimant, once and for
 * ever, and it grants a lease to one holder at a time. A promise is on disk
 * before it is answered.
 */

export interface ClaimRequest {
  readonly claim: Epoch;
  readonly by: ClaimBy;
  readonly unfit?: string;
  readonly release?: Release;
  readonly life: string;
  readonly atMs: number;
}

export type Verdict =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly why: Refusal;
      readonly waitMs: number;
      readonly reason?: string;
    };

const OK: Verdict = { ok: true };

function no(why: Refusal, waitMs = 0, reason?: string): Verdict {
  return { ok: false, why, waitMs, ...(reason === undefined ? {} : { reason }) };
}

export function onClaim(turn: Turn, from: string, message: MessageOf<'claim'>): void {
  const { claim, life, atMs } = message;
  if (claim.owner !== from || isReleased(turn.state.released, from, message)) return;
  const verdict = isNewerList(turn.row.voters, message.voters)
    ? no('old-list')
    : vote(turn, message);
  if (verdict.ok) turn.send(from, { kind: 'promise', life, atMs, claim });
  else refuse(turn, from, message, verdict, claim);
}

/** Promises the number of a claim, or says why not. The claimant votes by it too. */
export function vote(turn: Turn, request: ClaimRequest): Verdict {
  const { claim, by } = request;
  const { row } = turn;
  if (!votesHere(turn)) return no('no-voter');
  if (!row.learned) return no('unlearned');
  if (!mayPromise(turn, claim)) return no('higher');
  const unfit = turn.state.unfit[claim.owner] ?? request.unfit;
  if (unfit !== undefined && by !== 'force') return no('unfit', 0, unfit);
  if (request.release !== undefined) giveBack(turn, request.release);
  const waitMs = grantedElsewhereMs(turn, claim.owner);
  if (waitMs > 0) return no('wait', waitMs);
  const stored = sameEpoch(highest(row), claim);
  if (!stored) turn.store({ promised: claim });
  grant(turn, claim.owner, request);
  // Without leases this is how a living manager learns that it is being replaced.
  const replaced = isOwner(turn) && claim.owner !== turn.config.me;
  if (replaced && !isAutomatic(turn.config)) stepAside(turn);
  return OK;
}

/** Only higher numbers, so that a majority makes a number unique; the same claim as before again. */
function mayPromise({ row }: Turn, claim: Epoch): boolean {
  if (sameEpoch(row.epoch, claim)) return true;
  if (claim.number <= row.epoch.number) return false;
  return (
    row.promised === undefined ||
    claim.number > row.promised.number ||
    sameEpoch(row.promised, claim)
  );
}

/** A request for a lease by the owner of the epoch that we know. */
export function onRenew(turn: Turn, from: string, message: MessageOf<'renew'>): void {
  const { row, state } = turn;
  if (row.epoch.owner !== from || !sameEpoch(row.epoch, message.epoch)) {
    turn.send(from, { kind: 'known' });
    return;
  }
  if (message.held) state.managerHeardMs = turn.nowMs;
  if (!message.lease || !votesHere(turn) || isReleased(state.released, from, message)) {
    turn.send(from, { kind: 'known' });
    return;
  }
  const { life, atMs } = message;
  const verdict = renewal(turn, from, message);
  if (verdict.ok) turn.send(from, { kind: 'grant', life, atMs });
  else refuse(turn, from, message, verdict);
}

/** Grants a lease to the owner of the epoch, or says why not. The owner grants to itself by it too. */
export function renewal(
  turn: Turn,
  owner: string,
  request: Pick<ClaimRequest, 'life' | 'atMs'>,
): Verdict {
  const { row } = turn;
  if (!row.learned) return no('unlearned');
  const last = highest(row);
  if (last.owner !== owner) return no('promised');
  const waitMs = grantedElsewhereMs(turn, owner);
  if (waitMs > 0) return no('wait', waitMs);
  grant(turn, owner, request);
  return OK;
}

export function onRelease(turn: Turn, from: string, { release }: MessageOf<'release'>): void {
  if (release.holder === from) giveBack(turn, release);
}

function refuse(
  turn: Turn,
  to: string,
  { life, atMs }: Pick<ClaimRequest, 'life' | 'atMs'>,
  verdict: Exclude<Verdict, { ok: true }>,
  claim?: Epoch,
): void {
  const { promised } = turn.row;
  turn.send(to, {
    kind: 'refuse',
    life,
    atMs,
    ...(claim === undefined ? {} : { claim }),
    why: verdict.why,
    waitMs: verdict.waitMs,
    ...(verdict.reason === undefined ? {} : { reason: verdict.reason.slice(0, 256) }),
    ...(promised === undefined ? {} : { promised }),
  });
}
