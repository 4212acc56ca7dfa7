import { type Column, Progress, Table, usePanel, useView } from '@ftctl/dashboard/kit';
import type { WorkstationRow } from '@ftctl/plan/queries';
import type { Rows } from './shapes.ts';

/** Workstations with their link flags, and how many of their jobs are in which state. */
export function Workstations() {
  const { hrefOf } = usePanel();
  const { data, error } = useView<Rows<WorkstationRow>>('workstations');
  const columns: readonly Column<WorkstationRow>[] = [
    {
      title: 'Workstation',
      cell: ({ id }) => <a href={hrefOf(`jobs?ws=${encodeURIComponent(id)}`)}>{id}</a>,
    },
    { title: 'Domain', cell: ({ domain }) => domain },
    {
      title: 'Type',
      isMinor: true,
      cell: ({ type, fullStatus, host }) =>
        `${type ?? ''}${fullStatus ? ', full status' : ''}${host === null ? '' : ` on ${host}`}`,
    },
    { title: 'State', cell: (row) => <Flags row={row} /> },
    { title: 'Limit', isNumber: true, isMinor: true, cell: ({ limit }) => limit },
    { title: 'Fence', isNumber: true, isMinor: true, cell: ({ fence }) => fence },
    { title: 'Plan', isNumber: true, isMinor: true, cell: ({ run }) => run },
    { title: 'Jobs', cell: ({ jobs }) => <Progress counts={jobs} /> },
  ];
  return (
    <>
      {error === undefined ? null : <p role="alert">{error.message}</p>}
      {data === undefined ? null : (
        <Table caption="Workstations" columns={columns} rows={data.rows} keyOf={({ id }) => id} />
      )}
    </>
  );
}

/** As `showcpus` has them: linked, initialised, jobman runs. */
function Flags({ row }: { readonly row: WorkstationRow }) {
  const { linked, init, jobman, held, unfit } = row;
  const flags = [
    [linked, 'L', 'linked', 'not linked'],
    [init, 'I', 'initialised', 'not initialised'],
    [jobman, 'J', 'jobman runs', 'jobman does not run'],
  ] as const;
  return (
    <>
      {flags.map(([is, letter, yes, no]) => (
        <span key={letter} class={`state ${is ? 'good' : 'gone'}`} title={is ? yes : no}>
          {is ? letter : '–'}
          <span class="unseen">{is ? yes : no}</span>
        </span>
      ))}
      {held === null ? null : (
        <span class="state odd" title={held}>
          held
        </span>
      )}
      {unfit === null ? null : (
        <span class="state bad" title={unfit}>
          unfit
        </span>
      )}
    </>
  );
}
