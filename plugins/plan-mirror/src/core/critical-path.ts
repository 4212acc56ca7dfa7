/** A job of a stream, as far as time is concerned. */
export interface Timed {
  readonly id: string;
  readonly follows: readonly { readonly kind: 'job' | 'stream'; readonly id: string }[];
  readonly state: string;
  readonly startMs: number | null;
  readonly endMs: number | null;
}

export interface Planned {
  /** When it began, or is expected to. */
  readonly startMs: number;
  readonly endMs: number;
  /** It has not ended, so its end is a guess. */
  readonly isGuess: boolean;
}

export interface Schedule {
  readonly jobs: ReadonlyMap<string, Planned>;
  /** The jobs that decide when the stream ends, the first one first. */
  readonly critical: readonly string[];
}

/** States in which a job will not run, or run on. */
const OVER: ReadonlySet<string> = new Set(['SUCC', 'ABEND', 'FAIL', 'CANCL', 'DONE', 'PEND']);

/**
 * When the jobs of a stream ran and will run: what has ended as it was; what has
 * not, as long as half of the others took, each as soon as those before it end.
 *
 * The critical path goes back from the job that ends last, each time to the one
 * before it that ended last.
 */
export function scheduleOf(jobs: readonly Timed[], nowMs: number): Schedule {
  const byId = new Map(jobs.map((job) => [job.id, job]));
  const usualMs = medianMs(jobs);
  const planned = new Map<string, Planned>();
  const before = new Map<string, string>();

  for (const job of inOrder(jobs, byId)) {
    let freeMs = 0;
    for (const { kind, id } of job.follows) {
      const end = kind === 'job' ? planned.get(id)?.endMs : undefined;
      if (end === undefined || end < freeMs) continue;
      freeMs = end;
      before.set(job.id, id);
    }
    planned.set(job.id, plan(job, freeMs, usualMs, nowMs));
  }
  return { jobs: planned, critical: criticalOf(planned, before) };
}

function plan(job: Timed, freeMs: number, usualMs: number, nowMs: number): Planned {
  const { startMs, endMs, state } = job;
  if (startMs !== null && endMs !== null) return { startMs, endMs, isGuess: false };
  // Cancelled, or failed before it began: it takes no time.
  if (OVER.has(state)) {
    const atMs = startMs ?? Math.max(freeMs, 0);
    return { startMs: atMs, endMs: atMs, isGuess: false };
  }
  const beginMs = startMs ?? Math.max(freeMs, nowMs);
  return { startMs: beginMs, endMs: Math.max(beginMs + usualMs, nowMs), isGuess: true };
}

/** Those before it first; what goes round in a circle, as it comes. */
function inOrder(jobs: readonly Timed[], byId: ReadonlyMap<string, Timed>): readonly Timed[] {
  const sorted: Timed[] = [];
  const seen = new Set<string>();
  for (const first of jobs) {
    // No recursion: a chain may be thousands of jobs long.
    const path: { readonly job: Timed; next: number }[] = [];
    const enter = (job: Timed | undefined) => {
      if (job === undefined || seen.has(job.id)) return;
      seen.add(job.id);
      path.push({ job, next: 0 });
    };
    enter(first);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const follows = top.job.follows[top.next];
      top.next += 1;
      if (follows === undefined) {
        sorted.push(top.job);
        path.pop();
      } else if (follows.kind === 'job') enter(byId.get(follows.id));
    }
  }
  return sorted;
}

function criticalOf(
  planned: ReadonlyMap<string, Planned>,
  before: ReadonlyMap<string, string>,
): readonly string[] {
  let last: string | undefined;
  for (const [id, { endMs }] of planned) {
    if (last === undefined || endMs > (planned.get(last)?.endMs ?? 0)) last = id;
  }
  const path: string[] = [];
  for (let at = last; at !== undefined && path.length <= planned.size; at = before.get(at)) {
    path.unshift(at);
  }
  return path;
}

function medianMs(jobs: readonly Timed[]): number {
  const took = jobs
    .flatMap(({ startMs, endMs }) => (startMs === null || endMs === null ? [] : [endMs - startMs]))
    .sort((one, other) => one - other);
  return took[Math.floor(took.length / 2)] ?? 1_000;
}
