import { type Epoch, isLaterEpoch } from '@ftctl/plan';
import { abandon, restartClaim } from './claim.ts';
import { isolate } from './isolation.ts';
import { MAX_HOLDS } from './timings.ts';
import { isAutomatic, isCore, isOwner, type Turn } from './turn.ts';
import { isNewerList, type VoterList } from './voters.ts';

/** What is learnt from others about the domain, from whatever message. Stored before anything is answered. */

/** Obeys a higher epoch. */
export function adoptEpoch(turn: Turn, epoch: Epoch, from: string): void {
  const { config, row, state, nowMs } = turn;
  if (!isLaterEpoch(epoch, row.epoch)) return;
  if (!isCore(turn, epoch.owner)) {
    turn.run({ kind: 'notice', notice: { what: 'foreign-epoch', epoch, from } });
    return;
  }
  const wasOwner = isOwner(turn) && epoch.owner !== config.me;
  if (wasOwner && isAutomatic(config)) rememberReplacement(turn);
  turn.store({ epoch, opened: false, forced: false });
  state.isolation = undefined;
  state.granted = {};
  state.managerHeardMs = nowMs;
  turn.run(wasOwner ? { kind: 'demoted', by: epoch } : { kind: 'adopted', epoch });
  // Only after its store was lost can a workstation hear from others that it is the manager.
  if (epoch.owner === config.me) isolate(turn, 'starting');
  if (state.claim?.by === 'itself') abandon(turn);
  else if (state.claim !== undefined) restartClaim(turn);
}

/** A manager that is replaced while it runs is badly connected, unless it handed over. */
function rememberReplacement(turn: Turn): void {
  const { state, nowMs } = turn;
  if (state.isolation !== undefined || state.leasedMs === Number.NEGATIVE_INFINITY) return;
  state.replacedMs = [...state.replacedMs, nowMs].slice(-MAX_HOLDS);
}

/** Takes a newer list of voters; a claim by an older one starts again. */
export function adoptVoters(turn: Turn, voters: VoterList): void {
  if (!isNewerList(voters, turn.row.voters)) return;
  turn.store({ voters });
  turn.run({ kind: 'voters', voters });
  if (turn.state.claim?.by === 'itself') abandon(turn);
  else if (turn.state.claim !== undefined) restartClaim(turn);
}
