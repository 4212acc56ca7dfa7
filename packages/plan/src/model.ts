import type { PlanId, Version } from './version.ts';

/**
 * The production plan: what is to run (made by the master, never changed) and
 * how far it is (each part changed by one owner alone).
 */

/** Upper case, as in a topology: `FTA1A`. */
export type WorkstationName = string;
export type DomainName = string;

/** `WS#STREAM.run`, for example `FTA1A#NIGHT.3`; permanent through carry-forward. */
export type StreamId = string;
/** `WS#STREAM.run.JOB`, for example `FTA1A#NIGHT.3.LOAD`. */
export type JobId = string;
/** `WS#STREAM.run.PROMPT`, or a name of its own. */
export type PromptId = string;

export type Dependency =
  | { readonly kind: 'job'; readonly id: JobId }
  | { readonly kind: 'stream'; readonly id: StreamId };

/** What happens in the stream when a job ends in ABEND. */
export type Recovery =
  /** Its successors wait: the stream is STUCK until an operator acts. */
  | 'stop'
  /** Its successors run as if it had ended well. */
  | 'continue'
  /** It is run again, at most `rerunLimit` times; then as `stop`. */
  | 'rerun';

/** What the master put into the plan; never changed. */
export interface StreamDefinition {
  readonly id: StreamId;
  /** Workstation that owns it. */
  readonly ws: WorkstationName;
  readonly name: string;
  readonly jobs: readonly JobId[];
  readonly follows: readonly Dependency[];
  /** Not before this time, milliseconds since 1970 UTC. */
  readonly atMs?: number;
  readonly priority: number;
  /** Most of its jobs that run at once. */
  readonly limit?: number;
  readonly prompts: readonly PromptId[];
  /** Run of the plan into which it came while that ran: whoever took a copy before may lack it. */
  readonly submitted?: number;
}

export interface JobDefinition {
  readonly id: JobId;
  readonly stream: StreamId;
  readonly name: string;
  /** Workstation on which it runs; an instance never changes it. */
  readonly ws: WorkstationName;
  /** Run by the shell of that workstation's host. */
  readonly command: string;
  readonly follows: readonly Dependency[];
  readonly atMs?: number;
  readonly priority: number;
  readonly prompts: readonly PromptId[];
  readonly recovery: Recovery;
  /** For `recovery: rerun`. */
  readonly rerunLimit?: number;
  /** True: when it has ended it is PEND until an operator confirms. */
  readonly confirmed?: boolean;
  /** As of a stream. */
  readonly submitted?: number;
}

export interface PromptDefinition {
  readonly id: PromptId;
  readonly text: string;
}

/** States of a job, as in the field. */
export const JOB_STATES = [
  /** Being added: not known by its workstation yet. */
  'ADD',
  /** Waits for dependencies. */
  'HOLD',
  /** Launchable. */
  'READY',
  /** Its time has not come. */
  'SCHED',
  /** Priority not above its workstation's fence. */
  'FENCE',
  /** Of an extended agent: handed to its host, not running yet. */
  'WAIT',
  /** Handed to the launcher. */
  'INTRO',
  'EXEC',
  'SUCC',
  'ABEND',
  /** Could not be launched. */
  'FAIL',
  /** Ended, nobody knows how: awaits `confirm`. */
  'DONE',
  /** Ended, awaits `confirm` because its definition says so. */
  'PEND',
  /** Confirmed as successful while it still runs. */
  'SUCCP',
  /** Confirmed as failed while it still runs. */
  'ABENP',
  'CANCL',
] as const;
export type JobState = (typeof JOB_STATES)[number];

export const STREAM_STATES = [
  'ADD',
  'HOLD',
  'READY',
  'EXEC',
  /** Interrupted: an operator must act. */
  'STUCK',
  'SUCC',
  'ABEND',
  /** To be cancelled when its dependencies are resolved. */
  'CANCELP',
  'CANCEL',
] as const;
export type StreamState = (typeof STREAM_STATES)[number];

/** A job as its workstation sees it. */
export interface JobStatus {
  readonly v: Version;
  readonly state: JobState;
  /** Number of the present or last attempt; 0 before the first. */
  readonly attempt: number;
  readonly priority: number;
  readonly startMs?: number;
  readonly endMs?: number;
  /** Exit code of the last attempt. */
  readonly rc?: number;
  /** How often it was run again after an ABEND. */
  readonly reruns?: number;
  /** Dependencies that an operator released: it does not wait for them. */
  readonly released?: true;
  /** Cancelled as soon as its dependencies are resolved. */
  readonly cancelPending?: true;
  /** Why it failed, or why it is DONE. */
  readonly why?: string;
}

/** A job stream as its workstation sees it. */
export interface StreamStatus {
  readonly v: Version;
  readonly state: StreamState;
  readonly priority: number;
  readonly limit?: number;
  /** True when its own dependencies are resolved: its jobs may run. */
  readonly open: boolean;
  readonly released?: true;
}

/** In a stream with a limit: the stream's workstation lets this attempt of a job run. */
export interface GrantStatus {
  readonly v: Version;
  readonly attempt: number;
}

export interface PromptStatus {
  readonly v: Version;
  readonly state: 'asked' | 'yes' | 'no';
}

/** A workstation as it sees itself. */
export interface CpuStatus {
  readonly v: Version;
  /** Most jobs at once. */
  readonly limit: number;
  /** Only jobs of a higher priority are launched. */
  readonly fence: number;
  /** Run number of the plan that it works with. */
  readonly run: number;
  /** Has this plan and works with it. */
  readonly init: boolean;
  /** Launches jobs: was started, and not stopped since. */
  readonly jobman: boolean;
  /** A restored host launches nothing until an operator releases it. */
  readonly held?: string;
  /** A full-status agent that must not become manager, and why. */
  readonly unfit?: string;
  /** Features of its version, for what needs all agents to have them. */
  readonly features: readonly string[];
}

/** Connections as one end sees them, workstation names in order. */
export interface LinksStatus {
  readonly v: Version;
  /** Its own connections into others that are open. */
  readonly out: readonly WorkstationName[];
  /** Connections of others into it that are open: a writer runs for each. */
  readonly in: readonly WorkstationName[];
}

/** Whether a workstation is linked, as its manager says; `link` and `unlink` change it. */
export interface LinkedStatus {
  readonly v: Version;
  readonly linked: boolean;
}

/** The plan's head: the same on every host that has this plan. */
export interface PlanHeader {
  readonly plan: PlanId;
  /** When it was made, milliseconds since 1970 UTC. */
  readonly madeAtMs: number;
  /** `enable switch fault tolerance`, from this plan on. */
  readonly switchFaultTolerance: boolean;
}
