import { sameEpoch } from '@ftctl/plan';
import { leaseUntilMs, mayAct } from './lease.ts';
import type { MessageOf } from './messages.ts';
import { ANNOUNCE_MS, DEAF_MS, OPENING_MS, RENEW_MS, RETELL_MS } from './timings.ts';
import { isAutomatic, isOwner, others, type Turn } from './turn.ts';
import { renewal } from './voter.ts';
import {
  changeVoters,
  isMajority,
  isNewerList,
  isVoter,
  settleVoters,
  type VotersChange,
} from './voters.ts';

/** The owner's side: it keeps its lease, tells its epoch, and changes the list of voters. */

export function ownerTick(turn: Turn): void {
  const { config, state, nowMs } = turn;
  if (!isOwner(turn) || state.isolation !== undefined) return;
  if (isAutomatic(config)) {
    if (nowMs - state.renewedMs >= RENEW_MS) askForLease(turn);
  } else {
    announce(turn);
  }
  settle(turn);
  if (turn.row.opened || nowMs - state.openingMs < OPENING_MS) return;
  state.openingMs = nowMs;
  turn.run({ kind: 'notice', notice: { what: 'not-opened', epoch: turn.row.epoch } });
}

/**
 * Tells voters and core the epoch, and asks the voters for a lease on it: not
 * while it hears no majority, or it would go on to be granted what it cannot
 * use, and nobody could replace it.
 */
export function askForLease(turn: Turn): void {
  const { config, row, state, nowMs } = turn;
  // Grants of what was sent up to then do not count: the first renewal after it waits for the next tick.
  if (nowMs <= state.grantsFromMs) return;
  const request = { life: state.life, atMs: nowMs };
  const lease = isMajority(row.voters, (name) => name === config.me || hears(turn, name));
  if (lease && isVoter(row.voters, config.me) && renewal(turn, config.me, request).ok) {
    noteGrant(turn, config.me, nowMs);
  }
  state.renewedMs = nowMs;
  const held = leaseUntilMs(state) > nowMs || row.forced;
  for (const to of others(turn)) turn.send(to, { kind: 'renew', ...request, lease, held });
}

function hears({ state, nowMs }: Turn, name: string): boolean {
  return nowMs - (state.known[name]?.heardMs ?? Number.NEGATIVE_INFINITY) < DEAF_MS;
}

/** Without leases: tells the epoch to those that have not shown for a while that they know it. */
export function announce(turn: Turn): void {
  const { state, nowMs, row } = turn;
  if (nowMs - state.renewedMs < ANNOUNCE_MS) return;
  state.renewedMs = nowMs;
  for (const to of others(turn)) {
    const known = state.known[to];
    const upToDate =
      known !== undefined &&
      nowMs - known.heardMs < RETELL_MS &&
      sameEpoch(known.epoch, row.epoch) &&
      !isNewerList(row.voters, known.voters);
    if (upToDate) continue;
    turn.send(to, { kind: 'renew', life: state.life, atMs: nowMs, lease: false, held: true });
  }
}

export function onGrant(turn: Turn, from: string, message: MessageOf<'grant'>): void {
  const { row, state, nowMs } = turn;
  if (!isOwner(turn) || !sameEpoch(message.epoch, row.epoch)) return;
  if (message.life !== state.life || message.atMs > nowMs) return;
  noteGrant(turn, from, message.atMs);
}

function noteGrant(turn: Turn, from: string, atMs: number): void {
  const { state, nowMs } = turn;
  if (atMs <= state.grantsFromMs || atMs <= (state.granted[from] ?? Number.NEGATIVE_INFINITY)) {
    return;
  }
  state.granted = { ...state.granted, [from]: atMs };
  if (leaseUntilMs(state) <= nowMs) return;
  state.leasedMs = nowMs;
  if (turn.row.forced) turn.store({ forced: false });
}

export function onVoters(turn: Turn, change: VotersChange): void {
  const { config, row, state, nowMs } = turn;
  const refused = (why: 'not-manager' | 'voters', detail: string) =>
    turn.run({ kind: 'refused', command: 'voters', why, detail });
  if (!mayAct(config, state, nowMs)) {
    refused('not-manager', row.epoch.owner);
    return;
  }
  const list = changeVoters(row.voters, change, row.epoch.number, isAutomatic(config));
  if (typeof list === 'string') {
    refused('voters', list);
    return;
  }
  turn.store({ voters: list });
  turn.run({ kind: 'voters', voters: list });
}

/** Makes a change of the list effective once a majority of the old and of the new list has stored it. */
function settle(turn: Turn): void {
  const { config, row, state, nowMs } = turn;
  const { voters } = row;
  if (voters.previous === undefined || !mayAct(config, state, nowMs)) return;
  const stored = (name: string) => {
    const list = name === config.me ? voters : state.known[name]?.voters;
    return list !== undefined && !isNewerList(voters, list);
  };
  if (!isMajority(voters, stored)) return;
  const settled = settleVoters(voters, row.epoch.number);
  turn.store({ voters: settled });
  turn.run({ kind: 'voters', voters: settled });
}
