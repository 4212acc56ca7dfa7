import type { JobId } from '@ftctl/plan';

/** One attempt to run a job; its number is never used again. */
export interface AttemptId {
  readonly job: JobId;
  /** From 1 on. */
  readonly attempt: number;
}

/** What is to be run. */
export interface Attempt extends AttemptId {
  /** Given to the shell. */
  readonly command: string;
  /** Beside the base environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** What a runner reports of an attempt; reports may be late or come twice. */
export type JobEvent =
  /** The launcher has claimed the attempt: the command runs, or is about to. */
  | (AttemptId & { readonly kind: 'running'; readonly startMs: number })
  | (AttemptId & {
      readonly kind: 'ended';
      /** Exit code; of a job ended by a signal 128 and its number. */
      readonly rc: number;
      readonly startMs: number;
      readonly endMs: number;
    })
  /** It could not be started, and never will be. */
  | (AttemptId & { readonly kind: 'failed'; readonly why: string })
  /** Its launcher is gone without a record: nobody knows whether the command ran to its end. */
  | (AttemptId & { readonly kind: 'unknown'; readonly why: string })
  /** The claim was won here, so no launcher runs it, now or later. */
  | (AttemptId & { readonly kind: 'void' });

/**
 * Runs jobs as processes that outlive this plugin; replaced in the simulated
 * world. An attempt is claimed once, by its launcher or by `settle`.
 */
export interface JobRunner {
  onEvent(listener: (event: JobEvent) => void): void;
  /** Starts the launcher of an attempt whose intent is on disk. Reports what becomes of it. */
  start(attempt: Attempt): void;
  /** After a restart: tries the claim itself, and reports what is the case; then watches what runs. */
  settle(attempt: AttemptId): void;
  /** Ends a running job: SIGTERM, then SIGKILL. Nothing happens when it does not run any more. */
  kill(attempt: AttemptId): void;
  /** The outcome is on disk: what was kept for it may go, but not the log. */
  forget(attempt: AttemptId): void;
  /**
   * A piece of what a job has printed, from a position on.
   *
   * @throws FtError FT_TWS_NO_LOG when there is none
   */
  readLog(attempt: AttemptId, from: number): Promise<{ bytes: Uint8Array; next: number }>;
  stop(): void;
}
