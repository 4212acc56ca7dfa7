import type { Command, JobPart, Plan, StreamPart } from '@ftctl/plan';
import { isFollowed } from '../batchman/satisfied.ts';

/** A row of `showjobs`, as `--json` prints it. */
export interface JobRow {
  readonly workstation: string;
  readonly schedule: string;
  readonly run: number;
  readonly job: string;
  readonly id: string;
  readonly runsOn: string;
  readonly state: string;
  readonly priority: number;
  readonly attempt: number;
  readonly startMs: number | null;
  readonly endMs: number | null;
  readonly rc: number | null;
  readonly waitsFor: readonly string[];
  readonly pending: readonly string[];
  readonly why: string | null;
}

export interface StreamRow {
  readonly workstation: string;
  readonly schedule: string;
  readonly run: number;
  readonly id: string;
  readonly state: string;
  readonly priority: number;
  readonly limit: number | null;
  readonly jobs: number;
  readonly ended: number;
  readonly waitsFor: readonly string[];
  readonly pending: readonly string[];
}

export function jobRow(plan: Plan, part: JobPart): JobRow {
  const { def, s, id } = part;
  const { workstation, schedule, run } = streamName(def?.stream ?? '');
  return {
    workstation,
    schedule,
    run,
    job: def?.name ?? '',
    id,
    runsOn: def?.ws ?? '',
    state: s?.state ?? 'HOLD',
    priority: s?.priority ?? def?.priority ?? 0,
    attempt: s?.attempt ?? 0,
    startMs: s?.startMs ?? null,
    endMs: s?.endMs ?? null,
    rc: s?.rc ?? null,
    waitsFor: waits(plan, def, s?.released),
    pending: pendingFor(plan, 'job', id, s?.cancelPending),
    why: s?.why ?? null,
  };
}

export function streamRow(plan: Plan, part: StreamPart): StreamRow {
  const { def, s, id } = part;
  const jobs = [...plan.index.jobsOfStream(id)].map((job) => plan.job(job));
  const ended = jobs.filter((job) =>
    ['SUCC', 'ABEND', 'FAIL', 'CANCL'].includes(job.s?.state ?? ''),
  );
  return {
    ...streamName(id),
    id,
    state: s?.state ?? 'HOLD',
    priority: s?.priority ?? def?.priority ?? 0,
    limit: s?.limit ?? def?.limit ?? null,
    jobs: jobs.length,
    ended: ended.length,
    waitsFor: waits(plan, def, s?.released),
    pending: pendingFor(plan, 'stream', id, undefined),
  };
}

function streamName(id: string): { workstation: string; schedule: string; run: number } {
  const match = /^([^#]+)#(.+)\.(\d+)$/.exec(id);
  return {
    workstation: match?.[1] ?? '',
    schedule: match?.[2] ?? id,
    run: Number(match?.[3] ?? 0),
  };
}

/** Dependencies that are not resolved yet. */
function waits(
  plan: Plan,
  def: Pick<NonNullable<JobPart['def']>, 'follows' | 'prompts'> | undefined,
  released: true | undefined,
): readonly string[] {
  if (def === undefined || released) return [];
  const followed = def.follows.filter((one) => !isFollowed(plan, one)).map(({ id }) => id);
  const prompts = def.prompts.filter((id) => plan.prompt(id).s?.state !== 'yes');
  return [...followed, ...prompts.map((id) => `#${id}`)];
}

/** Requests about an object that its owner has not answered. */
function pendingFor(
  plan: Plan,
  kind: 'job' | 'stream',
  id: string,
  cancelPending: true | undefined,
): readonly string[] {
  const asked = plan.pending().flatMap(({ command }) => {
    const isMeant = command !== undefined && concernsObject(command, kind, id);
    return isMeant ? [`pending: ${command.c}`] : [];
  });
  return cancelPending ? [...asked, 'Cancel Pend'] : asked;
}

function concernsObject(command: Command, kind: string, id: string): boolean {
  if ('target' in command) return command.target.kind === kind && command.target.id === id;
  if ('job' in command) return kind === 'job' && command.job === id;
  return command.c === 'streamlimit' && kind === 'stream' && command.stream === id;
}
