import type { Message, Step } from '@ftctl/sdk';
import { probeMessages } from '../messages.ts';
import { Cache, type OwnEvent, UnseenReports } from './cache.ts';
import {
  MAX_REPORTS_PER_BEAT,
  type MasterBeat,
  type Position,
  type PositionRange,
  type ProbeEvent,
} from './records.ts';
import { readReports, writeReports } from './report.ts';

/**
 * The pair protocol of two probes, after the properties Mode, PeerHost,
 * BeatInterval and BeatThreshold of peer-to-peer failover. The master forwards
 * and beats; the slave caches between beats, takes over when beats stop and
 * steps back at the next one.
 *
 * The original slave empties its cache at each beat and so loses what the master
 * had read and not delivered (`classic`). Here (`exact`) a beat reports what the
 * master delivered durably and the slave drops just that; what is not reported
 * within the hold time it forwards itself. All times are monotonic milliseconds
 * unless said otherwise.
 */
export interface PeerConfig {
  readonly host: string;
  readonly mode: 'standard' | 'master' | 'slave';
  readonly peer: string;
  readonly beatIntervalMs: number;
  readonly beatThresholdMs: number;
  readonly peerMode: 'exact' | 'classic';
  /** Identity of this probe's own store. */
  readonly incarnation: string;
}

export interface PeerState {
  readonly config: PeerConfig;
  /** Forwards what it receives: always, but for a slave whose master beats. */
  readonly active: boolean;
  readonly activeSinceMs: number;
  readonly lastTickMs: number;
  readonly takeovers: number;
  readonly master: MasterSide;
  readonly slave: SlaveSide;
}

interface MasterSide {
  readonly nextBeatMs: number;
  readonly lastBeatMs: number;
  /** Forwarded events not yet known to the slave, in order; changed in place. */
  readonly outstanding: OwnEvent[];
  /** Everything up to it is on the ObjectServer's disk. */
  readonly deliveredUpTo: number;
  /** Reports start after it. */
  readonly toldUpTo: number;
  /** Everything up to it is known to the slave, as it said itself; 0 until it has. */
  readonly settledUpTo: number;
  readonly lastConflictMs: number;
}

interface SlaveSide {
  /** The master's interval once a beat has told it. */
  readonly intervalMs: number;
  readonly lastBeatMs: number;
  readonly cache: Cache;
  /** Deliveries of the master whose copy has not arrived here yet; changed in place. */
  readonly unseen: UnseenReports;
  /** Which deliveries of the master are known here. */
  readonly told?: PositionRange;
}

export type PeerInput =
  | { readonly kind: 'events'; readonly nowMs: number; readonly events: readonly OwnEvent[] }
  | { readonly kind: 'beat'; readonly nowMs: number; readonly beat: MasterBeat }
  | { readonly kind: 'told'; readonly position: Position }
  | { readonly kind: 'delivered'; readonly upTo: number }
  | { readonly kind: 'peer-up'; readonly nowMs: number }
  | { readonly kind: 'tick'; readonly nowMs: number };

export type PeerCommit =
  | { readonly kind: 'forward'; readonly events: readonly OwnEvent[]; readonly pair?: PairNote }
  | { readonly kind: 'cache'; readonly events: readonly OwnEvent[] }
  | { readonly kind: 'trim'; readonly through: OwnEvent };

/** What goes along with forwarded events, so that the ObjectServer can tell copies from new ones. */
export type PairNote = NonNullable<ProbeEvent['pair']>;

export type PeerSend =
  | { readonly kind: 'beat'; readonly beat: MasterBeat }
  | { readonly kind: 'told'; readonly position: Position };

export type PeerStep = Step<PeerState, PeerCommit, PeerSend, Message>;

/** How long a report or a forwarded event is remembered for the other copy to turn up. */
export const MEMORY_MS = 120_000;
/** Most forwarded events that wait to be reported; beyond it the oldest are left to the slave's hold time. */
const MAX_OUTSTANDING = 50_000;
/** Most events that a slave caches; beyond it the oldest are forwarded at once. */
const MAX_CACHED = 50_000;
/** Most events of one forward, so that it stays small. */
const MAX_FORWARD = 1_000;
/** Beats sent early because many reports wait are at least this far apart. */
const MIN_BEAT_GAP_MS = 50;
const CONFLICT_REPEAT_MS = 60_000;

export function startPeer(
  config: PeerConfig,
  nowMs: number,
  left: { cached: readonly OwnEvent[]; outstanding: readonly OwnEvent[]; deliveredUpTo: number },
): PeerState {
  const cache = new Cache();
  for (const event of left.cached) cache.add(event);
  return {
    config,
    active: config.mode !== 'slave',
    activeSinceMs: nowMs,
    lastTickMs: nowMs,
    takeovers: 0,
    master: {
      nextBeatMs: nowMs,
      lastBeatMs: Number.NEGATIVE_INFINITY,
      outstanding: [...left.outstanding],
      deliveredUpTo: left.deliveredUpTo,
      toldUpTo: (left.outstanding[0]?.seq ?? left.deliveredUpTo + 1) - 1,
      settledUpTo: 0,
      lastConflictMs: Number.NEGATIVE_INFINITY,
    },
    slave: {
      intervalMs: config.beatIntervalMs,
      lastBeatMs: nowMs,
      cache,
      unseen: new UnseenReports(),
    },
  };
}

/** How long the slave waits for the master to deliver an event before it does so itself. */
export function holdMs(state: PeerState): number {
  return 2 * (state.slave.intervalMs + state.config.beatThresholdMs + 1_000);
}

export function stepPeer(state: PeerState, input: PeerInput): PeerStep {
  switch (input.kind) {
    case 'events':
      return onEvents(state, input.events);
    case 'beat':
      return onBeat(state, input.beat, input.nowMs);
    case 'told':
      return onTold(state, input.position);
    case 'delivered':
      return quiet(
        withMaster(state, { deliveredUpTo: Math.max(state.master.deliveredUpTo, input.upTo) }),
      );
    case 'peer-up':
      // The slave may have taken over while it could not hear us: do not let it wait for the next beat.
      return quiet(withMaster(state, { nextBeatMs: input.nowMs }));
    case 'tick':
      return onTick(state, input.nowMs);
  }
}

function onEvents(state: PeerState, events: readonly OwnEvent[]): PeerStep {
  const { config, slave } = state;
  if (config.mode === 'slave') {
    const fresh = events.filter((event) => !slave.unseen.take(event));
    if (fresh.length === 0) return quiet(state);
    for (const event of fresh) {
      if (!state.active) slave.cache.add(event);
      else if (config.peerMode === 'exact') slave.cache.remember(event);
    }
    if (!state.active) return { ...quiet(state), commit: [{ kind: 'cache', events: fresh }] };
    return { ...quiet(state), commit: [forward(state, fresh)] };
  }
  if (config.mode === 'master' && config.peerMode === 'exact') {
    return { ...quiet(remember(state, events)), commit: [forward(state, events)] };
  }
  return { ...quiet(state), commit: [forward(state, events)] };
}

/** Keeps forwarded events for the reports; where there is no room for all, reports start later. */
function remember(state: PeerState, events: readonly OwnEvent[]): PeerState {
  const { outstanding, toldUpTo } = state.master;
  for (const event of events) outstanding.push(event);
  const dropped = outstanding.splice(0, Math.max(0, outstanding.length - MAX_OUTSTANDING));
  const droppedUpTo = dropped.reduce((highest, event) => Math.max(highest, event.seq), toldUpTo);
  return withMaster(state, { toldUpTo: droppedUpTo });
}

function onBeat(state: PeerState, beat: MasterBeat, nowMs: number): PeerStep {
  if (state.config.mode !== 'slave') return onConflict(state, nowMs);
  const told = extend(state.slave.told, beat);
  if (state.config.peerMode === 'classic') state.slave.cache.clear();
  else settle(state, beat, nowMs);
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
    commit: trim(next),
    thenSend: [{ kind: 'told', position: { incarnation: told.incarnation, seq: told.seq } }],
    thenRun: state.active ? [message] : [],
  };
}

/** Each report not known before stands for one event: one we have, or one whose copy is still to come. */
function settle(state: PeerState, beat: MasterBeat, nowMs: number): void {
  const { cache, unseen, told } = state.slave;
  const known = told?.incarnation === beat.incarnation && beat.after <= told.seq ? told.seq : 0;
  for (const sighting of readReports(beat)) {
    if (sighting.seq > known && !cache.settle(sighting)) unseen.add(sighting, nowMs);
  }
}

/** The known deliveries after this beat: more of the same range, or a new one where reports are missing between. */
function extend(told: PositionRange | undefined, beat: MasterBeat): PositionRange {
  const { incarnation, after, upTo } = beat;
  if (told?.incarnation !== incarnation || after > told.seq)
    return { incarnation, after, seq: upTo };
  return { ...told, seq: Math.max(told.seq, upTo) };
}

function onConflict(state: PeerState, nowMs: number): PeerStep {
  const { config, master } = state;
  if (nowMs - master.lastConflictMs < CONFLICT_REPEAT_MS) return quiet(state);
  return {
    ...quiet(withMaster(state, { lastConflictMs: nowMs })),
    thenRun: [probeMessages.FTOP005W({ host: config.host, peer: config.peer })],
  };
}

function onTold(state: PeerState, position: Position): PeerStep {
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

function onTick(before: PeerState, nowMs: number): PeerStep {
  const state = { ...before, lastTickMs: nowMs };
  if (state.config.mode !== 'slave' && state.slave.cache.size > 0) return forwardLeft(state);
  if (state.config.mode === 'master') return beatWhenDue(state, nowMs);
  if (state.config.mode !== 'slave') return quiet(state);
  state.slave.unseen.forget(nowMs - MEMORY_MS);
  state.slave.cache.forget(nowMs - MEMORY_MS);
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
function forwardLeft(state: PeerState): PeerStep {
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

function beatWhenDue(state: PeerState, nowMs: number): PeerStep {
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

function forward(state: PeerState, events: readonly OwnEvent[]): PeerCommit {
  const { config, master, slave } = state;
  if (config.mode === 'standard' || config.peerMode === 'classic')
    return { kind: 'forward', events };
  const pair: PairNote = {
    partner: config.peer,
    ...(slave.told === undefined ? {} : { told: slave.told }),
    ...(master.settledUpTo === 0 ? {} : { settled: master.settledUpTo }),
  };
  return { kind: 'forward', events, pair };
}

/** Forwards cached events and takes them out of the cache's log in the same commit. */
function forwardAll(state: PeerState, events: OwnEvent[]): PeerCommit[] {
  const pieces: PeerCommit[] = [];
  for (let at = 0; at < events.length; at += MAX_FORWARD) {
    pieces.push(forward(state, events.slice(at, at + MAX_FORWARD)));
  }
  return [...pieces, ...trim(state)];
}

function trim(state: PeerState): PeerCommit[] {
  const through = state.slave.cache.trim();
  return through === undefined ? [] : [{ kind: 'trim', through }];
}

function quiet(state: PeerState): PeerStep {
  return { state, commit: [], thenSend: [], thenRun: [] };
}

function withMaster(state: PeerState, change: Partial<MasterSide>): PeerState {
  return { ...state, master: { ...state.master, ...change } };
}
