import {
  type Column,
  durationText,
  State,
  Table,
  timeText,
  usePanel,
  useView,
} from '@ftctl/dashboard/kit';
import { JOB_STATES } from '@ftctl/plan';
import type { JobRow } from '@ftctl/plan/queries';
import { Filters, Pages, useFilter } from './filters.tsx';
import type { Rows } from './shapes.ts';

/** Jobs of the plan, filtered, sorted and paged by the server. */
export function Jobs() {
  const [filter, change] = useFilter('jobs');
  const { data, error } = useView<Rows<JobRow>>('jobs', filter);
  return (
    <>
      <Filters filter={filter} onChange={change} states={JOB_STATES} total={data?.total} />
      {error === undefined ? null : <p role="alert">{error.message}</p>}
      {data === undefined ? null : (
        <JobTable
          rows={data.rows}
          sort={{ by: filter.sort ?? 'id', descending: filter.descending === 'true' }}
          onSort={(by, descending) => change({ sort: by, descending: descending ? 'true' : '' })}
        />
      )}
      <Pages filter={filter} next={data?.next} onChange={change} />
    </>
  );
}

export function JobTable({
  rows,
  sort,
  onSort,
}: {
  readonly rows: readonly JobRow[];
  readonly sort?: { readonly by: string; readonly descending: boolean };
  readonly onSort?: (by: string, descending: boolean) => void;
}) {
  const { hrefOf } = usePanel();
  const columns: readonly Column<JobRow>[] = [
    {
      title: 'Job',
      sort: 'id',
      cell: ({ id }) => <a href={hrefOf(`job/${encodeURIComponent(id)}`)}>{id}</a>,
    },
    { title: 'State', sort: 'state', cell: ({ state }) => <State state={state} /> },
    { title: 'Workstation', sort: 'ws', cell: ({ ws }) => ws },
    { title: 'Attempt', isNumber: true, isMinor: true, cell: ({ attempt }) => attempt },
    {
      title: 'Priority',
      sort: 'priority',
      isNumber: true,
      isMinor: true,
      cell: (row) => row.priority,
    },
    { title: 'Start', sort: 'start', isMinor: true, cell: ({ startMs }) => timeText(startMs) },
    { title: 'End', sort: 'end', isMinor: true, cell: ({ endMs }) => timeText(endMs) },
    {
      title: 'Took',
      isNumber: true,
      cell: ({ startMs, endMs }) =>
        startMs === null || endMs === null ? '' : durationText(endMs - startMs),
    },
    { title: 'RC', isNumber: true, cell: ({ rc }) => rc },
  ];
  return (
    <Table
      caption="Jobs"
      columns={columns}
      rows={rows}
      keyOf={({ id }) => id}
      {...(sort === undefined ? {} : { sort })}
      {...(onSort === undefined ? {} : { onSort })}
    />
  );
}
