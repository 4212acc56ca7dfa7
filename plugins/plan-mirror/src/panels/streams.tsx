import {
  type Column,
  Progress,
  State,
  Table,
  timeText,
  usePanel,
  useView,
} from '@ftctl/dashboard/kit';
import { STREAM_STATES } from '@ftctl/plan';
import type { StreamRow } from '@ftctl/plan/queries';
import { Filters, Pages, useFilter } from './filters.tsx';
import type { Rows } from './shapes.ts';

/** Job streams of the plan with how far each is. */
export function Streams() {
  const { hrefOf } = usePanel();
  const [filter, change] = useFilter('streams');
  const { data, error } = useView<Rows<StreamRow>>('streams', filter);
  const columns: readonly Column<StreamRow>[] = [
    {
      title: 'Stream',
      sort: 'id',
      cell: ({ id }) => <a href={hrefOf(`stream/${encodeURIComponent(id)}`)}>{id}</a>,
    },
    { title: 'State', sort: 'state', cell: ({ state }) => <State state={state} /> },
    { title: 'Jobs', cell: ({ jobs }) => <Progress counts={jobs} /> },
    { title: 'Workstation', sort: 'ws', isMinor: true, cell: ({ ws }) => ws },
    {
      title: 'Priority',
      sort: 'priority',
      isNumber: true,
      isMinor: true,
      cell: (row) => row.priority,
    },
    { title: 'Limit', isNumber: true, isMinor: true, cell: ({ limit }) => limit },
    { title: 'Not before', isMinor: true, cell: ({ atMs }) => timeText(atMs) },
  ];
  return (
    <>
      <Filters filter={filter} onChange={change} states={STREAM_STATES} total={data?.total} />
      {error === undefined ? null : <p role="alert">{error.message}</p>}
      {data === undefined ? null : (
        <Table
          caption="Job streams"
          columns={columns}
          rows={data.rows}
          keyOf={({ id }) => id}
          sort={{ by: filter.sort ?? 'id', descending: filter.descending === 'true' }}
          onSort={(by, descending) => change({ sort: by, descending: descending ? 'true' : '' })}
        />
      )}
      <Pages filter={filter} next={data?.next} onChange={change} />
    </>
  );
}
