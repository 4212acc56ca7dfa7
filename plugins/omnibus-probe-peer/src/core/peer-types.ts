import type { Message, Step } from '@ftctl/sdk';
import type { Cache, OwnEvent, Report, UnseenReports } from './cache.ts';
import type { MasterBeat, Position, PositionRange, ProbeEvent } from './records.ts';

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

export interface MasterSide {
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

export interface SlaveSide {
  /** The master's interval once a beat has told it. */
  readonly intervalMs: number;
  readonly lastBeatMs: number;
  readonly cache: Cache;
  /** Deliveries of the master whose copy has not arrived here yet; changed in place. */
  readonly unseen: UnseenReports;
  /** Which deliveries of the master are known here, oldest first. */
  readonly told: readonly PositionRange[];
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
  /** These are not waited for any more: the cache's log may be trimmed there. */
  | { readonly kind: 'trim'; readonly events: readonly OwnEvent[] }
  | Heard
  /** Copies of these came, or are not waited for any more. */
  | { readonly kind: 'seen'; readonly reports: readonly Report[] };

/**
 * What a beat taught the slave. It must be on disk before the master is told so:
 * the master does not report it again, and a slave that had forgotten it would
 * take its next equal event for a copy of one delivered before.
 */
export interface Heard {
  readonly kind: 'heard';
  readonly told: readonly PositionRange[];
  /** Events that the master delivered. */
  readonly settled: readonly OwnEvent[];
  /** Deliveries whose copy has not arrived here yet. */
  readonly unseen: readonly Report[];
}

/** What goes along with forwarded events, so that the ObjectServer can tell copies from new ones. */
export type PairNote = NonNullable<ProbeEvent['pair']>;

export type PeerSend =
  | { readonly kind: 'beat'; readonly beat: MasterBeat }
  | { readonly kind: 'told'; readonly position: Position };

export type PeerStep = Step<PeerState, PeerCommit, PeerSend, Message>;

/** A step that does nothing but move to `state`. */
export function quiet(state: PeerState): PeerStep {
  return { state, commit: [], thenSend: [], thenRun: [] };
}

export function withMaster(state: PeerState, change: Partial<MasterSide>): PeerState {
  return { ...state, master: { ...state.master, ...change } };
}
