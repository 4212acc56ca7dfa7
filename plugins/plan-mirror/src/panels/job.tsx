import { durationText, State, Table, timeText, usePanel, useView } from '@ftctl/dashboard/kit';
import type { JobDetail } from '@ftctl/plan/queries';
import type { ComponentChild } from 'preact';
import { JobLog } from './job-log.tsx';
import type { From } from './shapes.ts';

/** A job: what it is, what it waits for, what it went through, and the end of its log. */
export function Job({ id }: { readonly id: string }) {
  const { hrefOf } = usePanel();
  const { data: job, error } = useView<JobDetail & From>(`jobs/${encodeURIComponent(id)}`);
  if (job === undefined) return <p role="alert">{error === undefined ? '' : error.message}</p>;
  const to = (kind: string, of: string) => hrefOf(`${kind}/${encodeURIComponent(of)}`);
  const { startMs, endMs } = job;
  const facts: readonly (readonly [string, ComponentChild])[] = [
    ['stream', job.stream === null ? null : <a href={to('stream', job.stream)}>{job.stream}</a>],
    ['workstation', job.ws],
    ['command', job.command === null ? null : <code>{job.command}</code>],
    ['attempt', job.attempt],
    ['priority', job.priority],
    ['not before', timeText(job.atMs)],
    ['start', timeText(startMs)],
    ['end', timeText(endMs)],
    ['took', startMs === null || endMs === null ? null : durationText(endMs - startMs)],
    ['exit code', job.rc],
    ['recovery', job.recovery],
    ['prompts', job.prompts.join(' ')],
    ['why', job.why],
  ];
  return (
    <>
      <h1>
        {id} <State state={job.state} />
      </h1>
      <dl class="facts">
        {facts
          .filter(([, value]) => value !== null && value !== '')
          .map(([name, value]) => [<dt key={`${name}?`}>{name}</dt>, <dd key={name}>{value}</dd>])}
      </dl>
      <h2>Waits for</h2>
      <Table
        caption="What it follows"
        rows={job.follows}
        keyOf={(one) => `${one.kind}/${one.id}`}
        columns={[
          { title: 'Follows', cell: (one) => <a href={to(one.kind, one.id)}>{one.id}</a> },
          { title: 'Kind', cell: ({ kind }) => kind },
          {
            title: 'State',
            cell: ({ state }) => (state === null ? 'not in the plan' : <State state={state} />),
          },
        ]}
      />
      <h2>History</h2>
      <Table
        caption="States that it went through"
        rows={job.history}
        keyOf={({ atMs, state, attempt }) => `${atMs}/${state}/${attempt}`}
        columns={[
          { title: 'Time', cell: ({ atMs }) => timeText(atMs) },
          { title: 'State', cell: ({ state }) => <State state={state} /> },
          { title: 'Attempt', isNumber: true, cell: ({ attempt }) => attempt },
          { title: 'RC', isNumber: true, cell: ({ rc }) => rc },
        ]}
      />
      <h2>Log</h2>
      <JobLog id={id} state={job.state} ws={job.ws} />
    </>
  );
}
