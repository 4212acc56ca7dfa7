import type { JobId } from '@ftctl/plan';
import type { AttemptId, JobEvent, Launch } from '../../core/jobman/attempt.ts';

/**
 * Runs attempts of jobs as processes that outlive the plugin. This is what the
 * simulated world replaces.
 *
 * An attempt is run at most once, whoever dies when: its launcher has to claim
 * it, and so has a runner that wants to be sure that nothing will run.
 */
export interface JobRunner {
  /** What the jobs have printed. */
  readonly logs: JobLogs;

  /**
   * Makes ready; `listener` is told from now on. To be called once, before all else.
   *
   * @throws FtError FT_JOB_FOLDER when its folder cannot be used
   */
  open(listener: JobListener): Promise<void>;

  /**
   * Starts an attempt whose intent is on disk already. To be called at most once
   * for an attempt, by all lives of the plugin together. Exactly one last event
   * (`LastJobEvent`) follows, before it at most one `claimed`.
   */
  start(launch: Launch): void;

  /**
   * Finds out about an attempt that an earlier life may have started. When
   * nobody has claimed it, it is claimed here, so that it never runs: `void`.
   * Else the events are those of `start`. Goes on until it knows, also when the
   * disk is full for a while.
   */
  settle(attempt: AttemptId): void;

  /**
   * Kills the process group of an attempt that was started or is being settled:
   * SIGTERM, then SIGKILL. One that is not claimed yet never runs: `failed`.
   * What has ended is not touched; how it ended is told as ever.
   */
  kill(attempt: AttemptId): void;

  /** Removes what lies on disk for an attempt whose outcome is stored; its log stays. */
  forget(attempt: AttemptId): void;

  /**
   * Removes what earlier lives left of attempts that are not `known` any more,
   * save those that still run.
   */
  sweep(known: readonly AttemptId[]): void;

  /** Stops watching. Jobs and their launchers live on. Works twice. */
  close(): Promise<void>;
}

export interface JobListener {
  event(event: JobEvent): void;
  /** Something is wrong with the disk or the system; undefined when it is right again. */
  trouble(why: string | undefined): void;
}

/** Logs outlive their attempts; they can be read while the daemon is down. */
export interface JobLogs {
  /** Attempts of a job of which a log is kept, in order. */
  attempts(job: JobId): Promise<readonly number[]>;

  /**
   * Reads a piece, at most `MAX_LOG_PIECE_BYTES`.
   *
   * @throws FtError FT_JOB_NO_LOG, FT_JOB_NAME
   */
  read(attempt: AttemptId, range?: LogRange): Promise<LogPiece>;

  /** Removes logs, the oldest first, that are older or more than allowed. */
  prune(limits: LogKeep, nowMs: number): Promise<Pruned>;
}

/** Of one piece of a log. */
export const MAX_LOG_PIECE_BYTES = 1_048_576;

/** From a byte on, or the last bytes. Default: the last `MAX_LOG_PIECE_BYTES`. */
export type LogRange =
  | { readonly fromByte: number; readonly maxBytes?: number }
  | { readonly lastBytes: number };

export interface LogPiece {
  readonly bytes: Uint8Array;
  readonly fromByte: number;
  /** Size of the log when it was read; a running job makes it grow. */
  readonly sizeBytes: number;
}

export interface LogKeep {
  readonly maxAgeDays: number;
  readonly maxTotalBytes: number;
  /** Attempts whose log stays whatever its size and age: those that run. */
  readonly running: readonly AttemptId[];
}

export interface Pruned {
  readonly logs: number;
  readonly bytes: number;
}
