import type {
  CommandOutcome,
  Dependency,
  JobDefinition,
  Plan,
  StreamDefinition,
  StreamId,
  Submission,
} from '@ftctl/plan';
import { refusals, refused } from './refusals.ts';

/** New objects of a running plan. */
export interface Submitted {
  readonly streams: readonly StreamDefinition[];
  readonly jobs: readonly JobDefinition[];
  readonly prompts: readonly never[];
}

/** Instances that a submission makes, or why it makes none. */
export function instantiate(
  plan: Plan,
  submission: Submission,
): Submitted | Extract<CommandOutcome, { ok: false }> {
  if (plan.header === undefined) return refused(refusals.NO_PLAN());
  for (const { kind, id } of submission.follows) {
    const { def } = kind === 'job' ? plan.job(id) : plan.stream(id);
    if (def === undefined) return refused(refusals.NO_OBJECT({ kind, id }));
  }
  const { into, name, ws, command, follows, priority, atMs, recovery } = submission;
  const { run } = plan.header.plan;
  const stream = into ?? freeName(plan, `${ws}#${name}.${run}`);
  if (into !== undefined && plan.stream(into).def === undefined) {
    return refused(refusals.NO_OBJECT({ kind: 'stream', id: into }));
  }
  const circle = follows.find((one) => waitsForEndOf(plan, one, into));
  if (into !== undefined && circle !== undefined) {
    return refused(refusals.CIRCLE({ ...circle, stream: into }));
  }
  const own = into === undefined ? name : freeJobName(plan, into, name);
  const job: JobDefinition = {
    id: `${stream}.${own}`,
    stream,
    name: own,
    ws,
    command,
    follows,
    ...(atMs === undefined ? {} : { atMs }),
    priority,
    prompts: [],
    recovery,
    submitted: run,
  };
  if (into !== undefined) return { streams: [], jobs: [job], prompts: [] };
  const definition: StreamDefinition = {
    id: stream,
    ws,
    name: /#(.+)\.\d+$/.exec(stream)?.[1] ?? name,
    jobs: [job.id],
    follows: [],
    priority,
    prompts: [],
    submitted: run,
  };
  return { streams: [definition], jobs: [job], prompts: [] };
}

/** Whether something cannot end before a stream has ended: it is that stream, or waits for it. */
function waitsForEndOf(plan: Plan, first: Dependency, stream: StreamId | undefined): boolean {
  const open = [first];
  const seen = new Set<string>();
  // Grows while it is gone through.
  for (const { kind, id } of open) {
    if (kind === 'stream' && id === stream) return true;
    if (seen.has(`${kind}/${id}`)) continue;
    seen.add(`${kind}/${id}`);
    if (kind === 'job') {
      const { def } = plan.job(id);
      open.push(...(def?.follows ?? []), ...(plan.stream(def?.stream ?? '').def?.follows ?? []));
    } else {
      const jobs = [...plan.index.jobsOfStream(id)].map(
        (job) => ({ kind: 'job', id: job }) as const,
      );
      open.push(...(plan.stream(id).def?.follows ?? []), ...jobs);
    }
  }
  return false;
}

/** `WS#NAME.3`, and when that is taken `WS#NAME_2.3`. */
function freeName(plan: Plan, id: string): string {
  const [, name = id, run = ''] = /^(.+)(\.\d+)$/.exec(id) ?? [];
  for (let n = 1; ; n += 1) {
    const tried = n === 1 ? id : `${name}_${n}${run}`;
    if (plan.stream(tried).def === undefined) return tried;
  }
}

function freeJobName(plan: Plan, stream: string, name: string): string {
  for (let n = 1; ; n += 1) {
    const tried = n === 1 ? name : `${name}_${n}`;
    if (plan.job(`${stream}.${tried}`).def === undefined) return tried;
  }
}
