import { durationText, Progress, State, usePanel, useView } from '@ftctl/dashboard/kit';
import type { StreamDetail } from '@ftctl/plan/queries';
import { useMemo } from 'preact/hooks';
import { scheduleOf } from '../core/critical-path.ts';
import { Gantt } from './gantt.tsx';
import { Graph } from './graph.tsx';
import { JobTable } from './jobs.tsx';
import type { From } from './shapes.ts';

const WAYS = [
  ['graph', 'Graph'],
  ['gantt', 'Gantt'],
  ['list', 'List'],
] as const;

/** A job stream: what follows what, when it ran and will run, and what decides when it ends. */
export function Stream({ id }: { readonly id: string }) {
  const { route, hrefOf } = usePanel();
  const { data, error } = useView<StreamDetail & From>(`streams/${encodeURIComponent(id)}`);
  const schedule = useMemo(
    () => (data === undefined ? undefined : scheduleOf(data.list, Date.now())),
    [data],
  );
  const way = new URLSearchParams(route.split('?')[1]).get('way') ?? 'graph';
  if (data === undefined || schedule === undefined) {
    return <p role="alert">{error === undefined ? '' : error.message}</p>;
  }
  const to = (name: string) => hrefOf(`stream/${encodeURIComponent(id)}?way=${name}`);
  const ends = [...schedule.jobs.values()].map(({ endMs }) => endMs);
  const starts = [...schedule.jobs.values()].map(({ startMs }) => startMs);
  const tookMs = Math.max(0, ...ends) - Math.min(...starts, Number.POSITIVE_INFINITY);
  return (
    <>
      <h1>
        {id} <State state={data.state} />
      </h1>
      <Progress counts={data.jobs} />
      <p>
        critical path: {schedule.critical.length} of {schedule.jobs.size} jobs
        {Number.isFinite(tookMs) ? `, ${durationText(Math.max(0, tookMs))} from begin to end` : ''}
        {data.more ? '; more jobs than are shown' : ''}
      </p>
      <nav class="tabs" aria-label="ways to look at the stream">
        {WAYS.map(([name, title]) => (
          <a key={name} href={to(name)} aria-current={way === name ? 'page' : undefined}>
            {title}
          </a>
        ))}
      </nav>
      {way === 'gantt' ? (
        <Gantt jobs={data.list} schedule={schedule} />
      ) : way === 'list' ? (
        <JobTable rows={data.list} />
      ) : (
        <Graph jobs={data.list} critical={schedule.critical} />
      )}
    </>
  );
}
