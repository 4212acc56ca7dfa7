import type { Step } from '@ftctl/sdk';

/**
 * Between batchman, which decides what to launch, and the launchers: keeps the
 * intents, so that each attempt is asked for once, after its intent is on disk,
 * and comes to exactly one outcome (decision 11, Jobs).
 */

export interface Intent {
  readonly job: string;
  readonly attempt: number;
  readonly command: string;
  readonly ws: string;
}

export type JobmanOutcome = {
  readonly job: string;
  readonly attempt: number;
} & (
  | { readonly kind: 'running'; readonly startMs: number }
  | {
      readonly kind: 'ended';
      readonly rc: number;
      readonly startMs: number;
      readonly endMs: number;
    }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'unknown'; readonly why: string }
  | { readonly kind: 'void' }
);

export type JobmanInput =
  /** Intents found in the store after a start. */
  | { readonly kind: 'restart'; readonly intents: readonly Intent[] }
  | { readonly kind: 'launch'; readonly intent: Intent }
  | { readonly kind: 'kill'; readonly job: string; readonly attempt: number }
  /** What the runner says. */
  | { readonly kind: 'report'; readonly outcome: JobmanOutcome };

export type JobmanCommit =
  | { readonly kind: 'put'; readonly intent: Intent }
  | { readonly kind: 'delete'; readonly intent: Intent }
  /** For batchman, in the same commit. */
  | { readonly kind: 'outcome'; readonly outcome: JobmanOutcome };

export type JobmanRun =
  | { readonly kind: 'start'; readonly intent: Intent }
  | { readonly kind: 'settle'; readonly intent: Intent }
  | { readonly kind: 'kill'; readonly intent: Intent }
  | { readonly kind: 'forget'; readonly intent: Intent };

/** Intents by job: a job has one attempt under way at most. */
export interface JobmanState {
  readonly intents: ReadonlyMap<string, Intent>;
}

export const NO_JOBS: JobmanState = { intents: new Map() };

export type JobmanStep = Step<JobmanState, JobmanCommit, never, JobmanRun>;

export function stepJobman(state: JobmanState, input: JobmanInput): JobmanStep {
  switch (input.kind) {
    case 'restart':
      return restart(input.intents);
    case 'launch':
      return launch(state, input.intent);
    case 'kill': {
      const intent = find(state, input);
      return step(state, [], intent === undefined ? [] : [{ kind: 'kill', intent }]);
    }
    case 'report':
      return report(state, input.outcome);
  }
}

function restart(intents: readonly Intent[]): JobmanStep {
  const state = { intents: new Map(intents.map((intent) => [intent.job, intent])) };
  return step(
    state,
    [],
    intents.map((intent) => ({ kind: 'settle', intent })),
  );
}

function launch(state: JobmanState, intent: Intent): JobmanStep {
  const known = state.intents.get(intent.job);
  if (known !== undefined) {
    throw new Error(`${intent.job} is to be launched while attempt ${known.attempt} is under way`);
  }
  const intents = new Map(state.intents).set(intent.job, intent);
  return step({ intents }, [{ kind: 'put', intent }], [{ kind: 'start', intent }]);
}

/** Late and repeated reports find no intent, and change nothing. */
function report(state: JobmanState, outcome: JobmanOutcome): JobmanStep {
  const intent = find(state, outcome);
  if (intent === undefined) return step(state, [], []);
  if (outcome.kind === 'running') return step(state, [{ kind: 'outcome', outcome }], []);
  const intents = new Map(state.intents);
  intents.delete(intent.job);
  return step(
    { intents },
    [
      { kind: 'outcome', outcome },
      { kind: 'delete', intent },
    ],
    [{ kind: 'forget', intent }],
  );
}

function find(
  { intents }: JobmanState,
  { job, attempt }: { readonly job: string; readonly attempt: number },
): Intent | undefined {
  const intent = intents.get(job);
  return intent?.attempt === attempt ? intent : undefined;
}

function step(
  state: JobmanState,
  commit: readonly JobmanCommit[],
  thenRun: readonly JobmanRun[],
): JobmanStep {
  return { state, commit, thenSend: [], thenRun };
}
