import { probeMessages } from '../messages.ts';
import type { OwnEvent, Report } from './cache.ts';
import { forward, forwardAll, MAX_FORWARD, trim } from './forwarding.ts';
import { extendKnown, isKnown } from './known-ranges.ts';
import { type Heard, type PeerCommit, type PeerState, type PeerStep, quiet } from './peer-types.ts';
import type { MasterBeat, PositionRange } from './records.ts';
import { readReports } from './report.ts';

/** How long a report or a forwarded event is remembered for the other copy to turn up. */
export const MEMORY_MS = 120_000;
/** Most events that a slave caches; beyond it the oldest are forwarded at once. */
const MAX_CACHED = 50_000;

/** How long the slave waits for the master to deliver an event before it does so itself. */
export function holdMs(state: PeerState): number {
  return 2 * (state.slave.intervalMs + state.config.beatThresholdMs + 1_000);
}

/** Caches what comes, or forwards it where the master is silent; what the master delivered already is done. */
export function onSlaveEvents(state: PeerState, events: readonly OwnEvent[]): PeerStep {
  const { cache, unseen } = state.slave;
  const fresh: OwnEvent[] = [];
  const reports: Report[] = [];
  for (const event of events) {
    const report = unseen.take(event);
    if (report === undefined) fresh.push(event);
    else reports.push(report);
  }
  for (const event of fresh) {
    if (!state.active) cache.add(event);
    else if (state.config.peerMode === 'exact') cache.remember(event);
  }
  const commit = seen(reports);
  if (fresh.length > 0) {
    commit.push(state.active ? forward(state, fresh) : { kind: 'cache', events: fresh });
  }
  return { ...quiet(state), commit };
}

function seen(reports: readonly Report[]): PeerCommit[] {
  return reports.length === 0 ? [] : [{ kind: 'seen', reports }];
}

/** The master lives: step back, and drop what it delivered. */
export function onBeat(state: PeerState, beat: MasterBeat, nowMs: number): PeerStep {
  const told = extendKnown(state.slave.told, beat);
  const { incarnation } = beat;
  const seq = told.at(-1)?.seq ?? beat.upTo;
  const heard = settle(state, beat, told, nowMs);
  const next: PeerState = {
    ...state,
    active: false,
    slave: { ...state.slave, intervalMs: beat.intervalMs, lastBeatMs: nowMs, told },
  };
  const message = probeMessages.FTOP003I({
    peer: state.config.peer,
    activeMs: Math.round(nowMs - state.activeSinceMs),
  });
  return {
    state: next,
    commit: [...heard, ...trim(next)],
    thenSend: [{ kind: 'told', position: { incarnation, seq } }],
    thenRun: state.active ? [message] : [],
  };
}

/** Each report not known before stands for one event: one we have, or one whose copy is still to come. */
function settle(
  state: PeerState,
  beat: MasterBeat,
  told: readonly PositionRange[],
  nowMs: number,
): readonly Heard[] {
  const { cache, unseen } = state.slave;
  if (state.config.peerMode === 'classic') {
    cache.clear();
    return [];
  }
  const heard = { kind: 'heard', told, settled: [] as OwnEvent[], unseen: [] as Report[] } as const;
  for (const report of readReports(beat)) {
    if (isKnown(report, state.slave.told)) continue;
    const event = cache.settle(report);
    if (event !== undefined) {
      heard.settled.push(event);
    } else {
      unseen.add(report, nowMs);
      heard.unseen.push(report);
    }
  }
  return told === state.slave.told ? [] : [heard];
}

/** Takes over when the master is silent for too long, and forwards what it leaves undelivered. */
export function onSlaveTick(before: PeerState, state: PeerState, nowMs: number): PeerStep {
  const forgotten = seen(state.slave.unseen.forget(nowMs - MEMORY_MS));
  state.slave.cache.forget(nowMs - MEMORY_MS);
  const step = takeOverOrWait(before, state, nowMs);
  return { ...step, commit: [...forgotten, ...step.commit] };
}

function takeOverOrWait(before: PeerState, state: PeerState, nowMs: number): PeerStep {
  const limitMs = state.slave.intervalMs + state.config.beatThresholdMs;
  if (nowMs - before.lastTickMs > state.config.beatThresholdMs)
    return graceAfterStall(state, nowMs);
  if (!state.active && nowMs - state.slave.lastBeatMs >= limitMs) return takeOver(state, nowMs);
  return forwardHeld(state, nowMs);
}

/**
 * This slave itself was not running for a while: beats may lie unread in its
 * socket, so their absence proves nothing until it has had time to read them.
 */
function graceAfterStall(state: PeerState, nowMs: number): PeerStep {
  const lastBeatMs = Math.max(state.slave.lastBeatMs, nowMs - state.slave.intervalMs);
  return quiet({ ...state, slave: { ...state.slave, lastBeatMs } });
}

function takeOver(state: PeerState, nowMs: number): PeerStep {
  const silentMs = Math.round(nowMs - state.slave.lastBeatMs);
  const next = { ...state, active: true, activeSinceMs: nowMs, takeovers: state.takeovers + 1 };
  const events = state.slave.cache.forward(nowMs, Number.POSITIVE_INFINITY);
  const message = probeMessages.FTOP002W({
    peer: state.config.peer,
    silentMs,
    cached: events.length,
  });
  return { ...quiet(next), commit: forwardAll(next, events), thenRun: [message] };
}

/** What a probe cached while it was configured as slave. */
export function forwardLeft(state: PeerState): PeerStep {
  const events = state.slave.cache.forward(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
  return { ...quiet(state), commit: forwardAll(state, events) };
}

/** What the master did not deliver in time, and what the cache has no room for. */
function forwardHeld(state: PeerState, nowMs: number): PeerStep {
  const { cache } = state.slave;
  if (state.config.peerMode === 'classic') return quiet(state);
  const overflow = Math.max(0, cache.size - MAX_CACHED);
  const events =
    overflow > 0
      ? cache.forward(nowMs, overflow)
      : cache.forward(nowMs - holdMs(state), MAX_FORWARD);
  const message = probeMessages.FTOP004W({
    count: events.length,
    peer: state.config.peer,
    holdMs: holdMs(state),
  });
  return {
    ...quiet(state),
    commit: forwardAll(state, events),
    thenRun: events.length > 0 && !state.active ? [message] : [],
  };
}
