import type { JobId } from '@ftctl/plan';
import type { Step } from '@ftctl/sdk';
import {
  type AttemptId,
  attemptName,
  type JobEvent,
  type LastFact,
  type Launch,
} from './attempt.ts';
import { type JobmanRow, MAX_COMMAND_CHARACTERS, MAX_ENV_CHARACTERS } from './row.ts';

/**
 * Stands between batchman, which decides what is launched, and the runner, which
 * does it. An attempt begins with a row in the same commit as the decision, is
 * started when that commit is on disk, and ends with the row's removal in the
 * same commit as its one last outcome. So after a crash at any moment each row
 * is an attempt that may have been started or not; the runner settles which.
 *
 * An attempt number is never started twice, by any life: only the life that
 * wrote the row starts it, the next one settles it. Batchman must take a new
 * number for every launch; the number stands in the job's status, in the same
 * commit.
 */
export interface JobmanState {
  /** Attempts that are not over, by job. Also those whose commit is under way. */
  readonly rows: ReadonlyMap<JobId, JobmanRow>;
}

export type JobmanInput =
  | { readonly kind: 'launch'; readonly launch: Launch }
  | ({ readonly kind: 'kill' } & AttemptId)
  | { readonly kind: 'event'; readonly event: JobEvent };

/** All of a step in one commit, with what batchman makes of the outcomes. */
export type JobmanCommit =
  | { readonly kind: 'put'; readonly row: JobmanRow }
  | { readonly kind: 'delete'; readonly job: JobId }
  | { readonly kind: 'outcome'; readonly outcome: JobOutcome };

/** For the runner, in this order, once the commit is on disk. */
export type JobmanRun =
  | { readonly kind: 'start'; readonly launch: Launch }
  | ({ readonly kind: 'settle' } & AttemptId)
  | ({ readonly kind: 'kill' } & AttemptId)
  | ({ readonly kind: 'forget' } & AttemptId)
  | { readonly kind: 'sweep'; readonly known: readonly AttemptId[] };

/**
 * What batchman hears: `running` at most once, then one of the others, once.
 * `failed`: it did not run. `unknown`: it ran, nobody knows how it ended.
 * `void`: it did not run; launch it again under the next number.
 */
export type JobOutcome = AttemptId & (RunningFact | LastFact);

export interface RunningFact {
  readonly kind: 'running';
  readonly startMs: number;
}

export type JobmanStep = Step<JobmanState, JobmanCommit, never, JobmanRun>;

/** Begins a life with the rows that the one before has left on disk. */
export function startJobman(rows: readonly JobmanRow[]): JobmanStep {
  const known = rows.map(idOf);
  return {
    state: { rows: new Map(rows.map((row) => [row.job, row])) },
    commit: [],
    thenSend: [],
    thenRun: [
      { kind: 'sweep', known },
      ...known.map((id) => ({ kind: 'settle', ...id }) as const),
      ...rows.filter((row) => row.kill).map((row) => ({ kind: 'kill', ...idOf(row) }) as const),
    ],
  };
}

export function stepJobman(state: JobmanState, input: JobmanInput): JobmanStep {
  switch (input.kind) {
    case 'launch':
      return onLaunch(state, input.launch);
    case 'kill':
      return onKill(state, input);
    case 'event':
      return onEvent(state, input.event);
  }
}

function onLaunch(state: JobmanState, launch: Launch): JobmanStep {
  const present = state.rows.get(launch.job);
  if (present?.attempt === launch.attempt) return nothing(state);
  const why = whyRefused(launch, present);
  if (why !== undefined) return refuse(state, launch, why);
  const row: JobmanRow = { ...launch, phase: 'intent' };
  return {
    state: withRow(state, row),
    commit: [{ kind: 'put', row }],
    thenSend: [],
    thenRun: [{ kind: 'start', launch }],
  };
}

function whyRefused(launch: Launch, present: JobmanRow | undefined): string | undefined {
  if (present !== undefined) return `${attemptName(present)} is not over`;
  if (launch.command.length > MAX_COMMAND_CHARACTERS) {
    return `its command is longer than ${MAX_COMMAND_CHARACTERS} characters`;
  }
  const env = Object.entries(launch.env ?? {})
    .flat()
    .join('').length;
  return env > MAX_ENV_CHARACTERS
    ? `its environment is larger than ${MAX_ENV_CHARACTERS} characters`
    : undefined;
}

function onKill(state: JobmanState, { job, attempt }: AttemptId): JobmanStep {
  const row = state.rows.get(job);
  if (row?.attempt !== attempt) return nothing(state);
  // A second request is for a job that did not end at the first.
  const thenRun = [{ kind: 'kill', job, attempt }] as const;
  if (row.kill) return { ...nothing(state), thenRun };
  const marked: JobmanRow = { ...row, kill: true };
  return {
    state: withRow(state, marked),
    commit: [{ kind: 'put', row: marked }],
    thenSend: [],
    thenRun,
  };
}

function onEvent(state: JobmanState, event: JobEvent): JobmanStep {
  const row = state.rows.get(event.job);
  // Told late or again: its outcome is stored.
  if (row?.attempt !== event.attempt) return nothing(state);
  return event.kind === 'claimed'
    ? onClaimed(state, row, event.startMs)
    : onLast(state, row, event);
}

function onClaimed(state: JobmanState, row: JobmanRow, startMs: number): JobmanStep {
  // Told by the life before already.
  if (row.phase === 'running') return nothing(state);
  const claimed: JobmanRow = { ...row, phase: 'running' };
  return {
    state: withRow(state, claimed),
    commit: [{ kind: 'put', row: claimed }, told({ kind: 'running', ...idOf(row), startMs })],
    thenSend: [],
    thenRun: [],
  };
}

function onLast(state: JobmanState, row: JobmanRow, fact: LastFact): JobmanStep {
  const id = idOf(row);
  return {
    state: withoutRow(state, row.job),
    commit: [{ kind: 'delete', job: row.job }, told({ ...id, ...believable(row, fact) })],
    thenSend: [],
    thenRun: [{ kind: 'forget', ...id }],
  };
}

/** What was seen to be claimed and is void now has run: somebody has removed its claim. */
function believable({ phase }: JobmanRow, fact: LastFact): LastFact {
  if (fact.kind !== 'void' || phase === 'intent') return fact;
  return { kind: 'unknown', why: 'the files of its launcher have been removed' };
}

function told(outcome: JobOutcome): JobmanCommit {
  return { kind: 'outcome', outcome };
}

function refuse(state: JobmanState, { job, attempt }: AttemptId, why: string): JobmanStep {
  return { ...nothing(state), commit: [told({ kind: 'failed', job, attempt, why })] };
}

function nothing(state: JobmanState): JobmanStep {
  return { state, commit: [], thenSend: [], thenRun: [] };
}

function withRow(state: JobmanState, row: JobmanRow): JobmanState {
  return { rows: new Map(state.rows).set(row.job, row) };
}

function withoutRow(state: JobmanState, job: JobId): JobmanState {
  const rows = new Map(state.rows);
  rows.delete(job);
  return { rows };
}

function idOf({ job, attempt }: AttemptId): AttemptId {
  return { job, attempt };
}
