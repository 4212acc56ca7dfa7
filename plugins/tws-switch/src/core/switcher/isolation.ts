import { type Epoch, isLaterEpoch } from '@ftctl/plan';
import { ask, reportOf } from './reports.ts';
import { HANDOVER_MS } from './timings.ts';
import { isAutomatic, others, type Turn } from './turn.ts';
import { isMajority } from './voters.ts';

/** What an owner must be told before it acts. */

/** Waits as owner for a majority that knows of no higher epoch. */
export function isolate(turn: Turn, why: 'starting' | 'demgr'): void {
  turn.state.isolation = { why, askFromMs: turn.nowMs, noticed: false };
  turn.run({ kind: 'isolated', why });
}

export function isolationTick(turn: Turn): void {
  const { config, row, state, nowMs } = turn;
  const { isolation } = state;
  if (isolation === undefined || !row.learned) return;
  if (isolation.why === 'demgr') {
    // An answer tells the epoch that ends it; nothing else does.
    ask(turn);
    return;
  }
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
  turn.state.openingMs = turn.nowMs;
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
