import type { Command, DroppedStatus, MessageIdentity, VotersStatus } from './events.ts';
import type {
  CpuStatus,
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

/**
 * A plan in pieces as they are stored and copied. A status may be there before
 * its definition: they come from different origins.
 */
export interface StreamPart {
  readonly kind: 'stream';
  readonly id: StreamId;
  readonly def?: StreamDefinition;
  readonly s?: StreamStatus;
}

export interface JobPart {
  readonly kind: 'job';
  readonly id: JobId;
  readonly def?: JobDefinition;
  readonly s?: JobStatus;
  readonly g?: GrantStatus;
}

export interface PromptPart {
  readonly kind: 'prompt';
  readonly id: PromptId;
  readonly def?: PromptDefinition;
  readonly s?: PromptStatus;
}

export interface CpuPart {
  readonly kind: 'cpu';
  readonly id: WorkstationName;
  readonly s?: CpuStatus;
  readonly links?: LinksStatus;
  readonly linked?: LinkedStatus;
  readonly dropped?: DroppedStatus;
}

/** A request that waits for its owner; or, where the answer came first, that it was answered. */
export interface CommandPart {
  readonly kind: 'command';
  readonly id: string;
  readonly of: MessageIdentity;
  readonly owner?: WorkstationName;
  readonly command?: Command;
  readonly answered?: true;
}

export interface VotersPart {
  readonly kind: 'voters';
  readonly id: DomainName;
  readonly s: VotersStatus;
}

export type Part = StreamPart | JobPart | PromptPart | CpuPart | CommandPart | VotersPart;

export type PartKey = `${Part['kind']}/${string}`;

export function keyOf(part: Part): PartKey {
  return `${part.kind}/${part.id}`;
}

/** The identity alone, of a message or whatever else has one. */
export function identityOf({ ws, inc, nonce, id }: MessageIdentity): MessageIdentity {
  return { ws, inc, nonce, id };
}

/** Text form of an identity: `FTA1A/1.ab12cd34/7`. */
export function identityText({ ws, inc, nonce, id }: MessageIdentity): string {
  return `${ws}/${inc}.${nonce}/${id}`;
}
