import type { Epoch } from '@ftctl/plan';
import type { Step } from '@ftctl/sdk';
import type { ClaimBy, Refusal, Release, SwitchMessage } from './messages.ts';
import type { VoterList, VotersChange } from './voters.ts';

/** What does not change while a workstation runs. */
export interface SwitcherConfig {
  readonly domain: string;
  /** This workstation. */
  readonly me: string;
  /** Manager and full-status agents of the domain: these alone can own an epoch. */
  readonly core: readonly string[];
  /** Core members that may become manager by themselves, the best first. */
  readonly candidates: readonly string[];
  /** Who manages the domain before any switch. */
  readonly firstEpoch: Epoch;
  /** The configured list; a list in the store may be newer. */
  readonly voters: readonly string[];
  /** Whether the domain is to switch by itself; with fewer than three voters it does not. */
  readonly automatic: boolean;
  /** How long an automatic switch is remembered, `HYSTERESIS_MS` by default. */
  readonly hysteresisMs?: number;
}

/** What a workstation keeps on disk about one domain. */
export interface StoredRow {
  /** Of the store in which it was written. */
  readonly incarnation: string;
  /** The highest epoch known. */
  readonly epoch: Epoch;
  /** This workstation owns the epoch, and gather and replay were done for it. */
  readonly opened: boolean;
  /** The epoch was taken with `--force`, and no majority has granted it a lease yet. */
  readonly forced: boolean;
  /** The highest promise given. */
  readonly promised?: Epoch;
  /** The highest number ever claimed. */
  readonly claimed: number;
  readonly voters: VoterList;
  /** False for a new or restored store that a majority has not told yet what it must know. */
  readonly learned: boolean;
  /** It has not learned, and began empty, not with a backup. */
  readonly isNew: boolean;
}

export interface SwitcherStart {
  readonly nowMs: number;
  /** Different at each start of the process: answers to an earlier one do not count. */
  readonly life: string;
  /** Undefined when the store has none: it is new. */
  readonly row?: StoredRow;
  /** Of the store. Another than the row's: it was restored from a backup, and what it lost is not known. */
  readonly incarnation: string;
  /** `start --demgr`: it may be an old manager that has not heard of the switch. */
  readonly demgr?: boolean;
}

/** `nowMs` is the workstation's monotonic clock. */
export type SwitcherInput = { readonly nowMs: number } & (
  | { readonly kind: 'tick' }
  | { readonly kind: 'message'; readonly from: string; readonly message: SwitchMessage }
  /** `switchmgr` to this workstation. */
  | { readonly kind: 'switchmgr'; readonly force: boolean }
  /** `start --mgr`: leaves isolation on the operator's word. */
  | { readonly kind: 'start-mgr' }
  /** Whether a core member can take over; `unfit` says why not. */
  | { readonly kind: 'fitness'; readonly workstation: string; readonly unfit?: string }
  /** An epoch learnt from a session or an event. */
  | { readonly kind: 'heard'; readonly epoch: Epoch }
  /** Gather and replay for our epoch are done far enough. */
  | { readonly kind: 'opened'; readonly epoch: Epoch }
  | { readonly kind: 'voters'; readonly change: VotersChange }
  /** Asks the others what they know, so that a forecast a moment later is fresh. */
  | { readonly kind: 'ask' }
);

export interface SwitcherCommit {
  readonly kind: 'store';
  readonly row: StoredRow;
}

export interface SwitcherSend {
  readonly to: string;
  readonly message: SwitchMessage;
}

/** Why something an operator asked for was not done. */
export type RefusedWhy =
  | 'not-core'
  | 'unfit'
  | 'already-manager'
  | 'busy'
  | 'unlearned'
  | 'no-majority'
  | 'not-manager'
  | 'not-isolated'
  | 'voters';

export type SwitcherRun =
  /** This workstation has the epoch; gather, replay, then give `opened`. Also after a restart in between. */
  | {
      readonly kind: 'claimed';
      readonly epoch: Epoch;
      readonly by: ClaimBy | 'restart';
      /** With `--force`: voters that did not promise. */
      readonly notAsked: readonly string[];
    }
  /** A restarted manager that had opened before goes on. */
  | { readonly kind: 'resumed'; readonly epoch: Epoch }
  /** This workstation was the manager and is no more. */
  | { readonly kind: 'demoted'; readonly by: Epoch }
  | { readonly kind: 'adopted'; readonly epoch: Epoch }
  | { readonly kind: 'isolated'; readonly why: IsolationWhy }
  | {
      readonly kind: 'refused';
      readonly command: 'switchmgr' | 'start-mgr' | 'voters';
      readonly why: RefusedWhy;
      /** More about it: the reason of unfitness, who did not answer. */
      readonly detail: string;
    }
  /** The list of voters has changed; `previous` while the change is not effective yet. */
  | { readonly kind: 'voters'; readonly voters: VoterList }
  /** Told to the operator. */
  | { readonly kind: 'notice'; readonly notice: Notice };

export type Notice =
  /** `switchmgr --force` takes an unfit workstation. */
  | { readonly what: 'forced-unfit'; readonly reason: string }
  /** The domain is to switch by itself, and has fewer than three voters: it does not. */
  | { readonly what: 'too-few-voters'; readonly voters: readonly string[] }
  /** Gather and replay have not been done for `OPENING_MS`, and nobody manages the domain meanwhile. */
  | { readonly what: 'not-opened'; readonly epoch: Epoch }
  /** An epoch whose owner cannot manage this domain was not believed. */
  | { readonly what: 'foreign-epoch'; readonly epoch: Epoch; readonly from: string }
  /** A restarted manager cannot tell whether the holder of a promise has taken over. */
  | { readonly what: 'open-promise'; readonly promised: Epoch };

export type SwitcherStep = Step<SwitcherState, SwitcherCommit, SwitcherSend, SwitcherRun>;

/**
 * `starting`: it owns the highest epoch that it knows and has not heard from a
 * majority since its start. `demgr`: started with that option, until it hears
 * who replaced it. `handed-over`: it gave its role to a claimant.
 */
export type IsolationWhy = 'starting' | 'demgr' | 'handed-over';

export interface Isolation {
  readonly why: IsolationWhy;
  /** Reports count that were asked for from then on. */
  readonly askFromMs: number;
  /** The operator was told what it waits for. */
  readonly noticed: boolean;
}

/** The latest grant of this voter; volatile. */
export interface Grant {
  readonly holder: string;
  /** The holder's life and clock at the latest request granted. */
  readonly life: string;
  readonly atMs: number;
  readonly grantedMs: number;
}

export interface Report {
  readonly epoch: Epoch;
  readonly promised?: Epoch;
  readonly learned: boolean;
  readonly fresh: boolean;
  readonly claiming: boolean;
  /** When it will promise to us, or since when it would, by our clock. */
  readonly dueMs: number;
  /** When we asked for it. */
  readonly askedMs: number;
  readonly receivedMs: number;
}

export interface Claim {
  readonly by: ClaimBy;
  readonly phase: 'sounding' | 'handover' | 'claiming';
  readonly startedMs: number;
  readonly phaseMs: number;
  /** From `claiming` on. */
  readonly number: number;
  readonly round: number;
  readonly roundMs: number;
  /** When we sent what they promised. */
  readonly promised: Readonly<Record<string, number>>;
  readonly refused: Readonly<Record<string, Refusal>>;
  /** Reason of a voter that knows us as unfit. */
  readonly unfit?: string;
  /** A voter is asked again from then on. */
  readonly dueMs: Readonly<Record<string, number>>;
  readonly release?: Release;
  /** When the old manager's answer came. */
  readonly handedMs?: number;
}

export interface SwitcherState {
  readonly row: StoredRow;
  readonly life: string;
  readonly isolation?: Isolation | undefined;
  readonly startedMs: number;
  /** The store was new at this start, and says so until then. */
  readonly freshUntilMs: number;
  /** Core members that cannot take over, and why. */
  readonly unfit: Readonly<Record<string, string>>;
  readonly grant?: Grant | undefined;
  /** The latest grant that was given back to this voter. */
  readonly released?: Release | undefined;
  /** As owner: when we sent what each voter granted last. */
  readonly granted: Readonly<Record<string, number>>;
  /** Grants of what we sent up to then were given back. */
  readonly grantsFromMs: number;
  /** An epoch taken by force acts without a lease from then on. */
  readonly forcedFromMs: number;
  readonly renewedMs: number;
  /** As owner: since when it is to open, or the operator was last told that it has not. */
  readonly openingMs: number;
  /** When a manager that may act was last heard. */
  readonly managerHeardMs: number;
  /** When this workstation last held the lease. */
  readonly leasedMs: number;
  /** When it was replaced while it was running; the last `MAX_HOLDS`. */
  readonly replacedMs: readonly number[];
  readonly claim?: Claim | undefined;
  /** No election is begun before. */
  readonly backOffUntilMs: number;
  readonly askedMs: number;
  readonly reports: Readonly<Record<string, Report>>;
  /** Highest epoch and newest list that others have shown to have stored. */
  readonly known: Readonly<Record<string, Known>>;
}

export interface Known {
  readonly epoch: Epoch;
  readonly voters: VoterList;
  readonly heardMs: number;
}
