import type { AttemptId, Launch } from '../../core/jobman/attempt.ts';
import type { Claim } from '../../launcher/attempt-files.ts';
import { LAUNCHER_EXIT } from '../../launcher/attempt-files.ts';

/** An attempt of which the last event has not been told. */
export interface Watched {
  readonly id: AttemptId;
  readonly key: string;
  stage: /** Waits for its turn. */
    | { readonly at: 'queued'; readonly launch: Launch }
    /** Its launcher is being started. */
    | { readonly at: 'starting' }
    /** Its launcher runs, and may claim it or not. */
    | { readonly at: 'launched'; readonly pid: number; readonly sinceMs: number }
    /** An earlier life may have started its launcher. */
    | { readonly at: 'settling' }
    /** A launcher has it. */
    | { readonly at: 'claimed'; readonly claim: Claim; readonly own: boolean };
  /** How the launcher that this life started has ended. */
  launcherEnd: LauncherEnd | undefined;
  kill: 'no' | 'wanted' | 'sent';
}

export interface LauncherEnd {
  readonly pid: number;
  readonly code: number | null;
  readonly signal: string | null;
}

export function watch(id: AttemptId, key: string, stage: Watched['stage']): Watched {
  return { id, key, stage, launcherEnd: undefined, kill: 'no' };
}

/** Why a launcher has run nothing, by how it ended. */
export function whyNothingRan({ code, signal }: LauncherEnd): string {
  switch (code) {
    case LAUNCHER_EXIT.unwritten:
      return 'its launcher could not write its files; see the log of the job';
    case LAUNCHER_EXIT.withdrawn:
    case LAUNCHER_EXIT.unreadable:
      return 'its launcher could not read what to run; see the log of the job';
    default: {
      const how = signal === null ? `with code ${code}` : `by ${signal}`;
      return `its launcher ended ${how} before it claimed the job`;
    }
  }
}

/** True when a launcher that ended so has run nothing, even if it had the claim. */
export function ranNothing({ code }: LauncherEnd): boolean {
  return code === LAUNCHER_EXIT.unwritten || code === LAUNCHER_EXIT.withdrawn;
}
