import type {
  JobPart,
  Plan,
  StreamDefinition,
  StreamPart,
  StreamState,
  StreamStatus,
} from '@ftctl/plan';
import { allAnswered, allFollowed, endedWell, hasEnded, isRunning } from './satisfied.ts';

export interface DerivedStream {
  /** What it is now, when that is other than before. */
  readonly status?: Omit<StreamStatus, 'v'>;
  readonly waitsUntilMs?: number;
}

/** A stream of which nobody has said anything. */
export function firstStreamStatus(def: StreamDefinition | undefined): Omit<StreamStatus, 'v'> {
  return {
    state: 'HOLD',
    priority: def?.priority ?? 0,
    open: false,
    ...(def?.limit === undefined ? {} : { limit: def.limit }),
  };
}

/** What a stream is, from what it waits for and from its jobs; asked by its owner. */
export function deriveStream(plan: Plan, part: StreamPart, nowMs: number): DerivedStream {
  const { def, s } = part;
  if (def === undefined) return {};
  const known = s ?? firstStreamStatus(def);
  if (known.state === 'CANCEL') return {};
  const gate = openness(plan, part, known, nowMs);
  const open = known.open || gate.open;
  const cancelled = known.state === 'CANCELP' && open;
  const state: StreamState = cancelled
    ? 'CANCEL'
    : known.state === 'CANCELP'
      ? 'CANCELP'
      : open
        ? stateOf(jobsOf(plan, part))
        : 'HOLD';
  const waits = gate.waitsUntilMs === undefined ? {} : { waitsUntilMs: gate.waitsUntilMs };
  // HOLD goes without saying.
  if (known.state === state && known.open === open) return waits;
  return { status: { ...known, state, open }, ...waits };
}

function openness(
  plan: Plan,
  { def }: StreamPart,
  { priority, released }: Omit<StreamStatus, 'v'>,
  nowMs: number,
): { readonly open: boolean; readonly waitsUntilMs?: number } {
  if (def === undefined || priority === 0) return { open: false };
  if (released) return { open: true };
  if (!allFollowed(plan, def.follows) || !allAnswered(plan, def.prompts)) return { open: false };
  if (def.atMs !== undefined && def.atMs > nowMs) return { open: false, waitsUntilMs: def.atMs };
  return { open: true };
}

function jobsOf(plan: Plan, { id }: StreamPart): readonly JobPart[] {
  return [...plan.index.jobsOfStream(id)].map((job) => plan.job(job));
}

/** Of an open stream. */
function stateOf(jobs: readonly JobPart[]): StreamState {
  const bad = jobs.some((job) => hasEnded(job) && !endedWell(job));
  if (jobs.every(endedWell)) return 'SUCC';
  if (jobs.some(isRunning)) return 'EXEC';
  if (jobs.every(hasEnded)) return bad && jobs.some(isOpenQuestion) ? 'STUCK' : 'ABEND';
  const waiting = jobs.filter((job) => !hasEnded(job));
  const canGoOn = waiting.some(({ s }) => s !== undefined && s.state !== 'HOLD');
  if (bad && !canGoOn) return 'STUCK';
  return jobs.some(hasEnded) ? 'EXEC' : 'READY';
}

/** Ended, and an operator must say how. */
function isOpenQuestion({ s }: JobPart): boolean {
  return s?.state === 'DONE' || s?.state === 'PEND';
}
