import type {
  Definitions,
  JobTemplate,
  StreamTemplate,
  TemplateDependency,
  TemplateTime,
} from './definitions.ts';
import type {
  Dependency,
  JobDefinition,
  JobId,
  JobState,
  PromptDefinition,
  StreamDefinition,
  StreamId,
} from './model.ts';
import type { PartKey, StreamPart } from './parts.ts';
import type { Plan } from './plan.ts';

export interface SymphonyOptions {
  readonly definitions: Definitions;
  readonly run: number;
  readonly nowMs: number;
  /** The master's offset from UTC at that time, in minutes to the east. */
  readonly utcOffsetMinutes: number;
}

/** The new objects of a plan. */
export interface Symphony {
  readonly streams: readonly StreamDefinition[];
  readonly jobs: readonly JobDefinition[];
  readonly prompts: readonly PromptDefinition[];
}

/** States of a job whose process may be there. */
const RUNNING: ReadonlySet<JobState | undefined> = new Set<JobState>([
  'WAIT',
  'INTRO',
  'EXEC',
  'SUCCP',
  'ABENP',
]);
const DAY_MS = 86_400_000;

/** Makes the instances of a run from the definitions. */
export function makeSymphony(options: SymphonyOptions): Symphony {
  const prompts: PromptDefinition[] = [];
  const streams: StreamDefinition[] = [];
  const jobs: JobDefinition[] = [];
  for (const template of options.definitions.streams) {
    const id = streamId(template, options.run);
    const own = template.jobs.map((job) => instantiateJob(options, id, job, prompts));
    streams.push({
      id,
      ws: template.ws,
      name: template.name,
      jobs: own.map((job) => job.id),
      follows: template.follows.map((one) => resolve(one, options.run)),
      ...timeOf(template.at, options),
      priority: template.priority,
      ...(template.limit === undefined ? {} : { limit: template.limit }),
      prompts: askAll(template.prompts, id, prompts),
    });
    jobs.push(...own);
  }
  return { streams, jobs, prompts };
}

/** Run number in the id of a stream, a job or a prompt: `FTA1A#NIGHT.3.LOAD` is of run 3. */
export function runOf(id: string): number {
  return Number(/#[^.]+\.(\d+)/.exec(id)?.[1] ?? 0);
}

export interface CarriedForward {
  readonly kept: ReadonlySet<PartKey>;
  /** Streams among them that go on; the others are there only because these follow them. */
  readonly streams: number;
}

/**
 * Parts that a new plan takes over: streams that have not ended well, or of which
 * a job runs, with all their jobs and prompts, and what these follow, so that a dependency on
 * something that has ended stays resolved.
 */
export function carriedForward(plan: Plan): CarriedForward {
  const kept = new Set<PartKey>();
  let streams = 0;
  for (const part of plan.parts()) {
    if (part.kind !== 'stream' || part.def === undefined) continue;
    if (isOver(plan, part)) continue;
    keepStream(plan, part.def, kept);
    streams += 1;
  }
  return { kept, streams };
}

/** A job that still runs is not lost with its stream: one cancelled, or one of a job run again. */
function isOver(plan: Plan, { id, s }: StreamPart): boolean {
  if (s?.state !== 'SUCC' && s?.state !== 'CANCEL') return false;
  return ![...plan.index.jobsOfStream(id)].some((job) => RUNNING.has(plan.job(job).s?.state));
}

function keepStream(plan: Plan, def: StreamDefinition, kept: Set<PartKey>): void {
  kept.add(`stream/${def.id}`);
  keepNeeds(def, kept);
  for (const id of plan.index.jobsOfStream(def.id)) {
    kept.add(`job/${id}`);
    const job = plan.job(id).def;
    if (job !== undefined) keepNeeds(job, kept);
  }
}

function keepNeeds(
  { follows, prompts }: Pick<JobDefinition, 'follows' | 'prompts'>,
  kept: Set<PartKey>,
): void {
  for (const one of follows) kept.add(`${one.kind}/${one.id}`);
  for (const prompt of prompts) kept.add(`prompt/${prompt}`);
}

function instantiateJob(
  options: SymphonyOptions,
  stream: StreamId,
  job: JobTemplate,
  prompts: PromptDefinition[],
): JobDefinition {
  const id: JobId = `${stream}.${job.name}`;
  return {
    id,
    stream,
    name: job.name,
    ws: job.ws,
    command: job.command,
    follows: job.follows.map((one) => resolve(one, options.run)),
    ...timeOf(job.at, options),
    priority: job.priority,
    prompts: askAll(job.prompts, id, prompts),
    recovery: job.recovery,
    ...(job.rerunLimit === undefined ? {} : { rerunLimit: job.rerunLimit }),
    ...(job.confirmed ? { confirmed: true } : {}),
  };
}

function streamId({ ws, name }: Pick<StreamTemplate, 'ws' | 'name'>, run: number): StreamId {
  return `${ws}#${name}.${run}`;
}

function resolve({ ws, stream, job }: TemplateDependency, run: number): Dependency {
  const id = streamId({ ws, name: stream }, run);
  return job === undefined ? { kind: 'stream', id } : { kind: 'job', id: `${id}.${job}` };
}

function askAll(
  texts: readonly string[],
  owner: string,
  prompts: PromptDefinition[],
): readonly string[] {
  return texts.map((text, at) => {
    const id = `${owner}.PROMPT${at + 1}`;
    prompts.push({ id, text });
    return id;
  });
}

function timeOf(
  at: TemplateTime | undefined,
  { nowMs, utcOffsetMinutes }: SymphonyOptions,
): { readonly atMs?: number } {
  if (at === undefined) return {};
  if (at.kind === 'after') return { atMs: nowMs + at.seconds * 1_000 };
  const offsetMs = utcOffsetMinutes * 60_000;
  const midnightMs = Math.floor((nowMs + offsetMs) / DAY_MS) * DAY_MS - offsetMs;
  return { atMs: midnightMs + at.seconds * 1_000 };
}
