import type { OwnEvent } from './cache.ts';
import type { PairNote, PeerCommit, PeerState } from './peer-types.ts';

/** Most events of one forward, so that it stays small. */
export const MAX_FORWARD = 1_000;

/** Stores events for the ObjectServer, with what this probe knows of its peer's deliveries. */
export function forward(state: PeerState, events: readonly OwnEvent[]): PeerCommit {
  const { config, master, slave } = state;
  if (config.mode === 'standard' || config.peerMode === 'classic')
    return { kind: 'forward', events };
  const pair: PairNote = {
    partner: config.peer,
    ...(slave.told.length === 0 ? {} : { told: [...slave.told] }),
    ...(master.settledUpTo === 0 ? {} : { settled: master.settledUpTo }),
  };
  return { kind: 'forward', events, pair };
}

/** Forwards cached events and takes them out of the cache's log in the same commit. */
export function forwardAll(state: PeerState, events: OwnEvent[]): PeerCommit[] {
  const pieces: PeerCommit[] = [];
  for (let at = 0; at < events.length; at += MAX_FORWARD) {
    pieces.push(forward(state, events.slice(at, at + MAX_FORWARD)));
  }
  return [...pieces, ...trim(state)];
}

/** Drops from the cache's log what no longer waits. */
export function trim(state: PeerState): PeerCommit[] {
  const events = state.slave.cache.trim();
  return events.length === 0 ? [] : [{ kind: 'trim', events }];
}
