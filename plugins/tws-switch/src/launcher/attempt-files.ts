/**
 * What lies on disk for one attempt of a job while it is not over. All attempts
 * share one folder, so that one look tells what happened to all of them and one
 * flush of the folder makes a claim durable. Names begin with the attempt's key.
 */
export interface AttemptFiles {
  readonly folder: string;
  /** What is to be run. Written before the launcher is started; a launcher without it runs nothing. */
  readonly intent: string;
  /** Made by link(2), so by one alone: who runs it, or who declared it void. */
  readonly claim: string;
  /** How it ended. */
  readonly exit: string;
  /** Which process the job itself is; only a help for `kill`, never waited for. */
  readonly job: string;
}

export function attemptFiles(folder: string, key: string): AttemptFiles {
  const base = `${folder}/${key}`;
  return {
    folder,
    intent: `${base}.intent`,
    claim: `${base}.claim`,
    exit: `${base}.exit`,
    job: `${base}.job`,
  };
}

/** A file that takes its final name later; `pid` is its writer, so that leftovers can be told. */
export function temporaryOf(file: string, pid: number): string {
  return `${file}-${pid}.tmp`;
}

/** The hand-over from the plugin to the launcher. */
export interface LaunchIntent {
  readonly command: string;
  readonly cwd: string;
  /** Added to the launcher's own environment. */
  readonly env: Readonly<Record<string, string>>;
  /** From SIGTERM to SIGKILL when the job is killed. */
  readonly killGraceMs: number;
}

/** Who took an attempt. */
export interface Claim {
  /** A launcher runs it; a runner takes it so that no launcher can any more. */
  readonly by: 'launcher' | 'runner';
  readonly pid: number;
  readonly startTime: string;
  /** Pids and start times mean something within one boot of the machine alone. */
  readonly boot: string;
  /** Wall clock, milliseconds since 1970 UTC. */
  readonly atMs: number;
}

export type ExitRecord =
  | {
      readonly outcome: 'ended';
      /** Exit code; absent when a signal ended it. */
      readonly rc?: number;
      readonly signal?: string;
      readonly startMs: number;
      readonly endMs: number;
    }
  /** Claimed, and not run. */
  | { readonly outcome: 'failed'; readonly why: string };

/** A process of this boot. */
export interface JobProcess {
  readonly pid: number;
  readonly startTime: string;
}

/** How a launcher's own life ended, for the plugin that started it. */
export const LAUNCHER_EXIT = {
  recorded: 0,
  /** Somebody else has the claim: it ran nothing. */
  taken: 10,
  /** A file could not be written before the claim: it ran nothing. */
  unwritten: 11,
  /** The intent has gone: the attempt was forgotten, it ran nothing. */
  withdrawn: 12,
  /** The intent cannot be read: it ran nothing. */
  unreadable: 13,
  /** The exit record could not be written: nobody will know how the job ended. */
  unrecorded: 14,
} as const;
