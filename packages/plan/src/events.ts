import type {
  CpuStatus,
  Dependency,
  DomainName,
  GrantStatus,
  JobDefinition,
  JobId,
  JobStatus,
  LinkedStatus,
  LinksStatus,
  PromptDefinition,
  PromptId,
  PromptStatus,
  StreamDefinition,
  StreamId,
  StreamStatus,
  WorkstationName,
} from './model.ts';
import type { Epoch, PlanId, Version } from './version.ts';

/**
 * What travels through the network. Each event says the whole state of one part
 * of the plan, with its owner's version, so that applying it is a comparison:
 * the highest version stays, in whatever order events of different origins come.
 */
export type PlanEvent =
  | { readonly k: 'cpu'; readonly ws: WorkstationName; readonly s: CpuStatus }
  | { readonly k: 'links'; readonly ws: WorkstationName; readonly s: LinksStatus }
  | { readonly k: 'linked'; readonly ws: WorkstationName; readonly s: LinkedStatus }
  | { readonly k: 'stream'; readonly id: StreamId; readonly s: StreamStatus }
  | { readonly k: 'job'; readonly id: JobId; readonly s: JobStatus }
  | { readonly k: 'grant'; readonly id: JobId; readonly s: GrantStatus }
  | { readonly k: 'prompt'; readonly id: PromptId; readonly s: PromptStatus }
  /** New objects in a running plan, by the master. */
  | {
      readonly k: 'add';
      readonly streams: readonly StreamDefinition[];
      readonly jobs: readonly JobDefinition[];
      readonly prompts: readonly PromptDefinition[];
    }
  /** A request to the owner of something; pending until answered. Named by its message's identity. */
  | { readonly k: 'command'; readonly owner: WorkstationName; readonly command: Command }
  | { readonly k: 'answer'; readonly of: MessageIdentity; readonly outcome: CommandOutcome }
  /** A new manager of a domain. */
  | { readonly k: 'epoch'; readonly domain: DomainName; readonly epoch: Epoch }
  /** Who votes on the manager of a domain, from now on. */
  | { readonly k: 'voters'; readonly domain: DomainName; readonly s: VotersStatus }
  /** A sender dropped what it held for a full-status agent, or has initialised it again. */
  | { readonly k: 'dropped'; readonly by: WorkstationName; readonly s: DroppedStatus }
  /** A plan was made; whoever hears it fetches it from its manager. */
  | { readonly k: 'plan'; readonly plan: PlanId };

export interface VotersStatus {
  readonly v: Version;
  readonly voters: readonly WorkstationName[];
}

export interface DroppedStatus {
  readonly v: Version;
  /** Full-status agents that lack something that only the sender's manager has now. */
  readonly agents: readonly WorkstationName[];
}

/** `<workstation, incarnation, id>`: names one message in the whole network. */
export interface MessageIdentity {
  readonly ws: WorkstationName;
  /** Incarnation of the origin, from 1 on. */
  readonly inc: number;
  /** Told apart from another host that took the same number: 8 hexadecimal digits. */
  readonly nonce: string;
  readonly id: number;
}

export interface Message extends MessageIdentity {
  /** Workstations that need it beside those that hear everything from below: plain agents, and whom a command is for. */
  readonly to: readonly WorkstationName[];
  readonly event: PlanEvent;
}

export type CommandOutcome =
  | { readonly ok: true; readonly text?: string }
  /** `code` of the error catalogue, `text` for the operator. */
  | { readonly ok: false; readonly code: string; readonly text: string };

/** Requests, by the field's names. */
export type Command =
  | { readonly c: 'cancel'; readonly target: Target; readonly pend?: true }
  | { readonly c: 'release'; readonly target: Target }
  | { readonly c: 'altpri'; readonly target: Target; readonly priority: number }
  | { readonly c: 'rerun'; readonly job: JobId }
  | { readonly c: 'kill'; readonly job: JobId }
  | { readonly c: 'confirm'; readonly job: JobId; readonly as: 'succ' | 'abend' }
  | { readonly c: 'limit'; readonly ws: WorkstationName; readonly limit: number }
  | { readonly c: 'streamlimit'; readonly stream: StreamId; readonly limit: number }
  | { readonly c: 'fence'; readonly ws: WorkstationName; readonly fence: number }
  | { readonly c: 'reply'; readonly prompt: PromptId; readonly yes: boolean }
  | { readonly c: 'submit'; readonly submission: Submission }
  | { readonly c: 'start'; readonly ws: WorkstationName }
  | { readonly c: 'stop'; readonly ws: WorkstationName }
  /** Lets a restored workstation launch jobs again. */
  | { readonly c: 'unhold'; readonly ws: WorkstationName }
  | { readonly c: 'link'; readonly ws: WorkstationName }
  | { readonly c: 'unlink'; readonly ws: WorkstationName }
  | { readonly c: 'jnextday' };

export type Target =
  | { readonly kind: 'job'; readonly id: JobId }
  | { readonly kind: 'stream'; readonly id: StreamId };

/** A job to add to the running plan: into a stream of the plan, or as a stream of its own. */
export interface Submission {
  readonly ws: WorkstationName;
  readonly name: string;
  readonly command: string;
  readonly into?: StreamId;
  readonly follows: readonly Dependency[];
  readonly priority: number;
  readonly atMs?: number;
  readonly recovery: 'stop' | 'continue' | 'rerun';
}
