import { Cache, type OwnEvent, type Report, UnseenReports } from './cache.ts';
import { forward } from './forwarding.ts';
import { beatWhenDue, onConflict, onTold, remember } from './master.ts';
import {
  type PeerConfig,
  type PeerInput,
  type PeerState,
  type PeerStep,
  quiet,
  withMaster,
} from './peer-types.ts';
import type { PositionRange } from './records.ts';
import { forwardLeft, onBeat, onSlaveEvents, onSlaveTick } from './slave.ts';

/** What an earlier life of this probe left on disk. */
export interface LeftOnDisk {
  /** Events in the cache's log: those that wait for the master's report, and `done` ones among them. */
  readonly cached: readonly OwnEvent[];
  /** Forwarded events that may not be on the ObjectServer's disk. */
  readonly outstanding: readonly OwnEvent[];
  readonly deliveredUpTo: number;
  readonly told: readonly PositionRange[];
  readonly unseen: readonly Report[];
}

/** The pair protocol at its start. */
export function startPeer(config: PeerConfig, nowMs: number, left: LeftOnDisk): PeerState {
  const cache = new Cache();
  for (const event of left.cached) cache.recover(event);
  const unseen = new UnseenReports();
  for (const report of left.unseen) unseen.add(report, nowMs);
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
      unseen,
      told: left.told,
    },
  };
}

/** One step of the pair protocol; see `PeerConfig` for what it is. */
export function stepPeer(state: PeerState, input: PeerInput): PeerStep {
  switch (input.kind) {
    case 'events':
      return onEvents(state, input.events);
    case 'beat':
      return state.config.mode === 'slave'
        ? onBeat(state, input.beat, input.nowMs)
        : onConflict(state, input.nowMs);
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
  const { config } = state;
  if (config.mode === 'slave') return onSlaveEvents(state, events);
  if (config.mode === 'master' && config.peerMode === 'exact') {
    return { ...quiet(remember(state, events)), commit: [forward(state, events)] };
  }
  return { ...quiet(state), commit: [forward(state, events)] };
}

function onTick(before: PeerState, nowMs: number): PeerStep {
  const state = { ...before, lastTickMs: nowMs };
  if (state.config.mode !== 'slave' && state.slave.cache.size > 0) return forwardLeft(state);
  if (state.config.mode === 'master') return beatWhenDue(state, nowMs);
  if (state.config.mode !== 'slave') return quiet(state);
  return onSlaveTick(before, state, nowMs);
}
