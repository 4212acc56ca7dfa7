import { type Epoch, isLaterEpoch } from '@ftctl/plan';
import { quietGrant } from './grants.ts';
import { ask, reportOf } from './reports.ts';
import { FRESH_MS, HANDOVER_MS, RESTORED_QUIET_MS } from './timings.ts';
import { highest, isAutomatic, isCore, isOwner, others, type Turn, votesHere } from './turn.ts';
import type { Report } from './types.ts';
import { allVoters, isMajority } from './voters.ts';

/** What a workstation must be told before it takes up a role: an owner before it acts, a voter before it votes. */

/** Waits as owner for a majority that knows of no higher epoch. */
export function isolate(turn: Turn, why: 'starting' | 'demgr'): void {
  turn.state.isolation = { why, askFromMs: turn.nowMs, noticed: false };
  turn.run({ kind: 'isolated', why });
}

export function isolationTick(turn: Turn): void {
  const { config, row, state, nowMs } = turn;
  const { isolation } = state;
  if (isolation === undefined || isolation.why === 'demgr' || !row.learned) return;
  const askFromMs = isolation.askFromMs + (isolation.why === 'handed-over' ? HANDOVER_MS : 0);
  if (nowMs < askFromMs) return;
  const heard = (name: string) => name === config.me || learned(turn, name, askFromMs);
  const told = isMajority(row.voters, heard);
  const open = told && !isAutomatic(config) ? openPromise(turn, askFromMs) : undefined;
  if (told && open === undefined) {
    leaveIsolation(turn);
    return;
  }
  ask(turn);
  if (open === undefined || isolation.noticed) return;
  state.isolation = { ...isolation, noticed: true };
  turn.run({ kind: 'notice', notice: { what: 'open-promise', promised: open } });
}

/** The role goes on where it was: after a restart in the middle of taking over, from its beginning. */
export function leaveIsolation(turn: Turn): void {
  const { epoch, opened } = turn.row;
  turn.state.isolation = undefined;
  if (opened) turn.run({ kind: 'resumed', epoch });
  else turn.run({ kind: 'claimed', epoch, by: 'restart', notAsked: [] });
}

/**
 * A promise of a higher number whose holder has not said since that it claims
 * nothing: it may have won. Leases tell that by themselves; without them the
 * holder must be heard.
 */
function openPromise(turn: Turn, fromMs: number): Epoch | undefined {
  const { config, row } = turn;
  const promises = others(turn).map((name) => reportOf(turn, name, fromMs)?.promised);
  return [...promises, row.promised].find((promised) => {
    if (promised === undefined || promised.owner === config.me) return false;
    if (!isLaterEpoch(promised, row.epoch)) return false;
    const holder = reportOf(turn, promised.owner, fromMs);
    return holder === undefined || holder.claiming;
  });
}

function learned(turn: Turn, name: string, fromMs: number): boolean {
  return reportOf(turn, name, fromMs)?.learned ?? false;
}

/** Marks a store as one whose earlier promises are not known. */
export function forget(turn: Turn, isNew: boolean): void {
  turn.store({ learned: false });
  turn.state.unlearnedFromMs = turn.nowMs;
  turn.state.freshUntilMs = isNew ? turn.nowMs + FRESH_MS : Number.NEGATIVE_INFINITY;
}

/**
 * A store without memory takes part again when
 * - every voter has answered and all are as new: the network starts; or
 * - all that it may have promised has ended (`RESTORED_QUIET_MS`), and then a
 *   majority of voters that kept their memory answered; or a majority answered
 *   and all of them are new: a network that starts without some of its voters.
 * It takes over the highest promise that it was told: it may have given it.
 */
export function learnTick(turn: Turn): void {
  const { config, row, state, nowMs } = turn;
  if (row.learned || !(votesHere(turn) || isCore(turn))) return;
  ask(turn);
  const quietMs = state.unlearnedFromMs + RESTORED_QUIET_MS;
  const voters = allVoters(row.voters).filter((name) => name !== config.me);
  const fresh = (name: string) =>
    name === config.me ? isFresh(turn) : isFreshReport(reportOf(turn, name, state.unlearnedFromMs));
  const answered = (name: string) => reportOf(turn, name, state.unlearnedFromMs) !== undefined;
  const allFresh = voters.every((name) => !answered(name) || fresh(name));
  const starts = isFresh(turn) && allFresh && (voters.every(answered) || nowMs >= quietMs);
  const told = starts ? fresh : (name: string) => learned(turn, name, quietMs);
  // Of two voters the other one alone can tell.
  const allTold = nowMs >= quietMs && voters.every(told);
  if (isMajority(row.voters, told) || allTold) learn(turn);
}

function isFresh({ row, state, nowMs }: Turn): boolean {
  return nowMs < state.freshUntilMs && row.epoch.number === 0 && row.promised === undefined;
}

function isFreshReport(report: Report | undefined): boolean {
  return (report?.fresh && report.epoch.number === 0 && report.promised === undefined) ?? false;
}

function learn(turn: Turn): void {
  const told = others(turn).map((name) => turn.state.reports[name]?.promised);
  const promised = [...told, turn.row.promised]
    .filter((one) => one !== undefined)
    .reduce<Epoch | undefined>(
      (best, one) => (best === undefined || isLaterEpoch(one, best) ? one : best),
      undefined,
    );
  turn.store({ learned: true, ...(promised === undefined ? {} : { promised }) });
  quietGrant(turn);
  if (isOwner(turn) && turn.state.isolation === undefined) isolate(turn, 'starting');
}

/** Highest number that this workstation has heard of in any way. */
export function highestNumber(turn: Turn): number {
  let number = Math.max(highest(turn.row).number, turn.row.claimed);
  for (const { epoch, promised } of Object.values(turn.state.reports)) {
    number = Math.max(number, epoch.number, promised?.number ?? 0);
  }
  return number;
}
