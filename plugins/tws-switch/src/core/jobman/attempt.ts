import type { JobId } from '@ftctl/plan';

/** One try to run a job instance. */
export interface AttemptId {
  readonly job: JobId;
  /** From 1 on; a number is never used twice for one job. */
  readonly attempt: number;
}

/** What is to be run. */
export interface Launch extends AttemptId {
  /** Run by `sh -c`. */
  readonly command: string;
  /** Added to the plugin's own environment, with FTCTL_JOB and FTCTL_ATTEMPT. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default: the home of the user. */
  readonly cwd?: string;
}

/**
 * What is told of an attempt by those who run it: at most one `claimed`, then
 * exactly one last event. After a restart they are told again.
 */
export type JobEvent = AttemptId & (ClaimedFact | LastFact);
export type LastJobEvent = AttemptId & LastFact;

export interface ClaimedFact {
  readonly kind: 'claimed';
  /** Wall clock, milliseconds since 1970 UTC. */
  readonly startMs: number;
}

export type LastFact =
  /** Either `rc` or `signal`. */
  | {
      readonly kind: 'ended';
      readonly rc?: number;
      readonly signal?: string;
      readonly startMs: number;
      readonly endMs: number;
    }
  /** It did not run, and never will. */
  | { readonly kind: 'failed'; readonly why: string }
  /** It ran or still runs, and nobody will know how it ends. */
  | { readonly kind: 'unknown'; readonly why: string }
  /** It did not run, and never will; nothing speaks against another attempt. */
  | { readonly kind: 'void' };

/** `FTA1A#NIGHT.3.LOAD@1`: names an attempt in tables and maps. */
export function attemptName({ job, attempt }: AttemptId): string {
  return `${job}@${attempt}`;
}
