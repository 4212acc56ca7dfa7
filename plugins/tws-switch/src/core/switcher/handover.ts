import { sameEpoch } from '@ftctl/plan';
import { giveBack } from './grants.ts';
import type { MessageOf } from './messages.ts';
import { isAutomatic, isCore, isOwner, type Turn } from './turn.ts';
import { allVoters } from './voters.ts';

/**
 * Stops acting at once, gives its lease back, and stays isolated until a
 * majority knows of no higher epoch and nobody is claiming one.
 */
export function stepAside(turn: Turn): void {
  const { config, state, nowMs } = turn;
  const why = state.isolation?.why;
  if (why === 'handed-over') return;
  state.granted = {};
  state.grantsFromMs = nowMs;
  if (why === 'demgr') return;
  state.isolation = { why: 'handed-over', askFromMs: nowMs, noticed: false };
  turn.run({ kind: 'isolated', why: 'handed-over' });
  if (!isAutomatic(config)) return;
  const release = { holder: config.me, life: state.life, upToMs: nowMs };
  giveBack(turn, release);
  for (const to of allVoters(turn.row.voters)) {
    if (to !== config.me) turn.send(to, { kind: 'release', release });
  }
}

/** A claimant asks for the role. Answered only when this workstation does not act any more. */
export function onHandover(turn: Turn, from: string, message: MessageOf<'handover'>): void {
  const { config, row, state } = turn;
  const { life, atMs, by } = message;
  if (!isOwner(turn) || !isCore(turn, from) || !sameEpoch(message.epoch, row.epoch)) return;
  // It could not win; the voters tell it why.
  if (state.unfit[from] !== undefined && by !== 'force') return;
  stepAside(turn);
  const release = { holder: config.me, life: state.life, upToMs: state.grantsFromMs };
  turn.send(from, { kind: 'handed', life, atMs, release });
}
