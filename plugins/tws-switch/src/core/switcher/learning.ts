import { type Epoch, isLaterEpoch } from '@ftctl/plan';
import { quietGrant } from './grants.ts';
import { ask, reportOf } from './reports.ts';
import { FRESH_MS, RESTORED_QUIET_MS } from './timings.ts';
import { isCore, isFresh, others, type Turn, votesHere } from './turn.ts';
import { allVoters, isMajority } from './voters.ts';

/** What a workstation does whose store is new or restored: it may have promised what it does not know any more. */

/** Marks a store as one whose earlier promises are not known. */
export function forget(turn: Turn, incarnation: string, isNew: boolean): void {
  turn.store({ incarnation, learned: false, isNew });
}

/**
 * It takes part again when
 * - every voter has answered and all are as new as it is: the network starts;
 * - or all that it may have promised has ended (`RESTORED_QUIET_MS`), and since
 *   then a majority of voters that kept their memory has answered; or all others
 *   have; or a majority, all of them new: a network that starts in parts.
 * It takes over the highest promise that it was told: it may have given it.
 */
export function learnTick(turn: Turn): void {
  const { config, row, state, nowMs } = turn;
  if (row.learned || !(votesHere(turn) || isCore(turn))) return;
  ask(turn);
  const { startedMs } = state;
  const quietMs = startedMs + RESTORED_QUIET_MS;
  const voters = allVoters(row.voters).filter((name) => name !== config.me);
  const answered = (name: string, fromMs: number) => reportOf(turn, name, fromMs) !== undefined;
  const fresh = (name: string) =>
    name === config.me || reportOf(turn, name, startedMs)?.fresh === true;
  const allFresh =
    isFresh(turn) && voters.every((name) => fresh(name) || !answered(name, startedMs));
  if (allFresh && voters.every(fresh)) {
    learn(turn);
    return;
  }
  if (nowMs < quietMs) return;
  const kept = (name: string) => reportOf(turn, name, quietMs)?.learned === true;
  const told =
    isMajority(row.voters, kept) ||
    voters.every((name) => answered(name, quietMs)) ||
    (allFresh && isMajority(row.voters, fresh));
  if (told) learn(turn);
}

function learn(turn: Turn): void {
  const { state, nowMs } = turn;
  if (turn.row.isNew) state.freshUntilMs = nowMs + FRESH_MS;
  const told = others(turn).map((name) => state.reports[name]?.promised);
  const promised = [...told, turn.row.promised]
    .filter((one) => one !== undefined)
    .reduce<Epoch | undefined>(
      (best, one) => (best === undefined || isLaterEpoch(one, best) ? one : best),
      undefined,
    );
  turn.store({ learned: true, isNew: false, ...(promised === undefined ? {} : { promised }) });
  quietGrant(turn);
}
