import { probeMessages } from '../messages.ts';
import type { OwnEvent } from './cache.ts';
import { type PeerState, type PeerStep, quiet, withMaster } from './peer-types.ts';
import { MAX_REPORTS_PER_BEAT, type MasterBeat, type Position } from './records.ts';
import { writeReports } from './report.ts';

/** Most forwarded events that wait to be reported; beyond it the oldest are left to the slave's hold time. */
const MAX_OUTSTANDING = 50_000;
/** Beats sent early because many reports wait are at least this far apart. */
const MIN_BEAT_GAP_MS = 50;
const CONFLICT_REPEAT_MS = 60_000;

/** Keeps forwarded events for the reports; where there is no room for all, reports start later. */
export function remember(state: PeerState, events: readonly OwnEvent[]): PeerState {
  const { outstanding, toldUpTo } = state.master;
  for (const event of events) outstanding.push(event);
  const dropped = outstanding.splice(0, Math.max(0, outstanding.length - MAX_OUTSTANDING));
  const droppedUpTo = dropped.reduce((highest, event) => Math.max(highest, event.seq), toldUpTo);
  return withMaster(state, { toldUpTo: droppedUpTo });
}

/** The slave says what it knows: that need not be reported again. */
export function onTold(state: PeerState, position: Position): PeerStep {
  const { config, master } = state;
  if (position.incarnation !== config.incarnation || position.seq <= master.toldUpTo) {
    return quiet(state);
  }
  const keepFrom = master.outstanding.findIndex(
    (event) => event.seq === 0 || event.seq > position.seq,
  );
  master.outstanding.splice(0, keepFrom < 0 ? master.outstanding.length : keepFrom);
  return quiet(withMaster(state, { toldUpTo: position.seq, settledUpTo: position.seq }));
}

/** A master hears another master's beat. */
export function onConflict(state: PeerState, nowMs: number): PeerStep {
  const { config, master } = state;
  if (nowMs - master.lastConflictMs < CONFLICT_REPEAT_MS) return quiet(state);
  return {
    ...quiet(withMaster(state, { lastConflictMs: nowMs })),
    thenRun: [probeMessages.FTOP005W({ host: config.host, peer: config.peer })],
  };
}

export function beatWhenDue(state: PeerState, nowMs: number): PeerStep {
  const { config, master } = state;
  const ready = deliveredReports(state);
  const early =
    ready.length >= MAX_REPORTS_PER_BEAT && nowMs - master.lastBeatMs >= MIN_BEAT_GAP_MS;
  if (nowMs < master.nextBeatMs && !early) return quiet(state);
  const upTo =
    ready.length < MAX_REPORTS_PER_BEAT
      ? master.deliveredUpTo
      : (ready.at(-1)?.seq ?? master.toldUpTo);
  const after = Math.min(master.toldUpTo, upTo);
  const beat: MasterBeat = {
    incarnation: config.incarnation,
    intervalMs: config.beatIntervalMs,
    after,
    upTo,
    ...writeReports(ready, after),
  };
  const nextBeatMs =
    nowMs < master.nextBeatMs
      ? master.nextBeatMs
      : Math.max(master.nextBeatMs + config.beatIntervalMs, nowMs);
  return {
    ...quiet(withMaster(state, { nextBeatMs, lastBeatMs: nowMs })),
    thenSend: [{ kind: 'beat', beat }],
  };
}

function deliveredReports(state: PeerState): OwnEvent[] {
  const { outstanding, deliveredUpTo } = state.master;
  const ready: OwnEvent[] = [];
  for (const event of outstanding) {
    if (event.seq === 0 || event.seq > deliveredUpTo) break;
    if (ready.length === MAX_REPORTS_PER_BEAT) break;
    ready.push(event);
  }
  return ready;
}
