import { stringify } from 'yaml';
import type { Definitions, JobTemplate, TemplateDependency, TemplateTime } from '../definitions.ts';

/** A plan file that says the same as these definitions. */
export function renderDefinitions({ streams }: Definitions): string {
  const rendered = streams.map(({ ws, name, jobs, ...stream }) => [
    `${ws}#${name}`,
    {
      ...common(stream),
      ...(stream.limit === undefined ? {} : { limit: stream.limit }),
      jobs: Object.fromEntries(jobs.map((job) => [job.name, renderJob(job, ws)])),
    },
  ]);
  return stringify({ streams: Object.fromEntries(rendered) }, { lineWidth: 0 });
}

function renderJob(job: JobTemplate, streamWs: string): unknown {
  const { ws, command, recovery, rerunLimit, confirmed } = job;
  return {
    command,
    ...(ws === streamWs ? {} : { on: ws }),
    ...common(job),
    ...(recovery === 'stop' ? {} : { recovery }),
    ...(recovery === 'rerun' && rerunLimit !== undefined ? { rerunLimit } : {}),
    ...(confirmed ? { confirmed: true } : {}),
  };
}

function common({
  follows,
  at,
  priority,
  prompts,
}: Pick<JobTemplate, 'follows' | 'at' | 'priority' | 'prompts'>): Record<string, unknown> {
  return {
    ...(follows.length === 0 ? {} : { follows: follows.map(renderDependency) }),
    ...(at === undefined ? {} : { at: renderTime(at) }),
    ...(priority === 10 ? {} : { priority: renderPriority(priority) }),
    ...(prompts.length === 0 ? {} : { prompt: prompts }),
  };
}

function renderDependency({ ws, stream, job }: TemplateDependency): string {
  return `${ws}#${stream}.${job ?? '@'}`;
}

function renderPriority(priority: number): number | string {
  if (priority === 100) return 'hi';
  return priority === 101 ? 'go' : priority;
}

function renderTime(at: TemplateTime): string {
  if (at.kind === 'after') return `+${at.seconds}`;
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const { seconds } = at;
  return `${two(seconds / 3_600)}:${two((seconds % 3_600) / 60)}:${two(seconds % 60)}`;
}
