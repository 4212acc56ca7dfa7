import type { Health, Message } from '@ftctl/sdk';

/**
 * Times of the supervisor. All instants are milliseconds of a clock that stands
 * still while the host itself is paused, so that a paused host blames nobody.
 */
export interface SupervisionTimes {
  /** Wait before the first restart; it doubles with each crash in the window. */
  readonly backoffFirstMs: number;
  readonly backoffMaxMs: number;
  readonly healthEveryMs: number;
  /** So many unanswered questions in a row, and the process is killed. */
  readonly unansweredLimit: number;
  /** What a process gets beyond the limits in its manifest, which it keeps itself. */
  readonly marginMs: number;
  /** How often a killed process that does not go is killed again. */
  readonly killAgainMs: number;
}

export const SUPERVISION_TIMES: SupervisionTimes = {
  backoffFirstMs: 250,
  backoffMaxMs: 30_000,
  healthEveryMs: 2_000,
  unansweredLimit: 3,
  marginMs: 3_000,
  killAgainMs: 5_000,
};

/** From the manifest, defaults filled in. */
export interface SupervisionLimits {
  readonly startMs: number;
  readonly drainMs: number;
  readonly restarts: { readonly count: number; readonly windowMs: number };
}

export type Phase =
  /** No process, and none wanted. */
  | { readonly name: 'idle' }
  /** A process was asked for. `again`: it is out of date already. */
  | { readonly name: 'spawning'; readonly again: boolean }
  | { readonly name: 'starting'; readonly pid: number; readonly deadline: number }
  | {
      readonly name: 'running';
      readonly pid: number;
      readonly health: Health;
      readonly unanswered: number;
      /** When to ask for health next; undefined while an answer is awaited. */
      readonly askAt: number | undefined;
    }
  /** Told to stop, or killed; `crash` says why when it was the process's fault. */
  | {
      readonly name: 'ending';
      readonly pid: number;
      readonly deadline: number;
      readonly killed: boolean;
      readonly crash?: string;
    }
  | { readonly name: 'waiting'; readonly until: number }
  | { readonly name: 'quarantined' };

/** One plugin under supervision. */
export interface Supervised {
  readonly plugin: string;
  readonly times: SupervisionTimes;
  readonly limits: SupervisionLimits;
  readonly want: 'run' | 'stop';
  readonly phase: Phase;
  /** When it crashed, within the window that counts. */
  readonly crashes: readonly number[];
  /** Why it last crashed, or cannot be started. */
  readonly reason?: string;
}

export type SupervisorInput = { readonly at: number } & (
  | { readonly type: 'run'; readonly limits: SupervisionLimits }
  /** Replace the process; ends a quarantine and forgets crashes. */
  | { readonly type: 'restart'; readonly limits: SupervisionLimits }
  | { readonly type: 'stop' }
  /** It cannot be started as things are; stop it if it runs. */
  | { readonly type: 'block'; readonly why: string }
  /** A process of it runs already; `misfit` says why it is not what would be started now. */
  | {
      readonly type: 'found';
      readonly pid: number;
      readonly ready: boolean;
      readonly misfit?: string;
    }
  | { readonly type: 'spawned'; readonly pid: number }
  | { readonly type: 'spawn-failed'; readonly why: string }
  | { readonly type: 'ready'; readonly pid: number }
  | { readonly type: 'exited'; readonly pid: number; readonly why: string }
  | { readonly type: 'health'; readonly pid: number; readonly health: Health }
  | { readonly type: 'silent'; readonly pid: number }
  | { readonly type: 'tick' }
);

export type SupervisorEffect =
  /** Look for a process that runs already, else start one. */
  | { readonly type: 'spawn' }
  /** Ask the process to end in order. */
  | { readonly type: 'stop'; readonly pid: number }
  | { readonly type: 'kill'; readonly pid: number }
  /** Ask for its health; answered by `health` or `silent`. */
  | { readonly type: 'ask'; readonly pid: number }
  /** Send `tick` at that time; the one before no longer counts. Undefined: not at all. */
  | { readonly type: 'wake'; readonly at: number | undefined }
  | { readonly type: 'tell'; readonly message: Message };

export interface SupervisorStep {
  readonly state: Supervised;
  readonly effects: readonly SupervisorEffect[];
}
