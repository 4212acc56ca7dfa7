import { definePanel, kindOf, Table, timeText, usePanel, useView } from '@ftctl/dashboard/kit';
import type { AlertRow } from '../core/alert.ts';
import type { ObjectServerStatus, ProbeStatus } from '../core/status.ts';

const SEVERITIES = ['clear', 'indeterminate', 'warning', 'minor', 'major', 'critical'];
const SEVERITY_KINDS = ['good', 'idle', 'odd', 'odd', 'bad', 'bad'];

/** The pair that this probe is of, or the alert table of this ObjectServer. */
export default definePanel(function Probes() {
  const { data, error } = useView<ProbeStatus | ObjectServerStatus>('status');
  if (data === undefined) return <p role="alert">{error === undefined ? '' : error.message}</p>;
  return data.role === 'probe' ? <Probe status={data} /> : <ObjectServer status={data} />;
});

function Probe({ status }: { readonly status: ProbeStatus }) {
  const { mode, active, peer, lastBeat, serverUp, server } = status;
  const facts: readonly (readonly [string, string | number])[] = [
    ['peer', peer ?? 'none'],
    ['last beat of the peer', lastBeat === null ? 'never' : timeText(Date.parse(lastBeat))],
    ['active since', status.activeSince === null ? '' : timeText(Date.parse(status.activeSince))],
    ['takeovers', status.takeovers],
    ['received', status.received],
    ['forwarded', status.forwarded],
    ['lost', status.lost],
    ['in the cache', status.cached],
    ['waiting for the ObjectServer', status.outbox],
    ['ports', `UDP ${status.udpPort}, TCP ${status.tcpPort}`],
  ];
  return (
    <>
      <h1>
        {mode} probe{' '}
        <span class={`state ${active ? 'busy' : 'idle'}`}>{active ? 'forwards' : 'stands by'}</span>
      </h1>
      <p class={`source ${serverUp ? 'good' : 'bad'}`} role="status">
        ObjectServer <b>{server}</b> {serverUp ? 'is reached' : 'is not reached: events wait'}
      </p>
      <dl class="facts">
        {facts.map(([name, value]) => [
          <dt key={`${name}?`}>{name}</dt>,
          <dd key={name}>{value}</dd>,
        ])}
      </dl>
    </>
  );
}

function ObjectServer({ status }: { readonly status: ObjectServerStatus }) {
  const { route, hrefOf } = usePanel();
  const severity = new URLSearchParams(route.split('?')[1]).get('severity') ?? '0';
  const { data, error } = useView<{ readonly alerts: readonly AlertRow[] }>('alerts', { severity });
  return (
    <>
      <h1>
        {status.rows.toLocaleString()} alerts, {status.events.toLocaleString()} events since the
        start
      </h1>
      <search class="filters">
        <select
          aria-label="Severity"
          value={severity}
          onChange={(event) => location.replace(hrefOf(`?severity=${event.currentTarget.value}`))}
        >
          {SEVERITIES.map((name, n) => (
            <option key={name} value={String(n)}>
              {n === 0 ? 'all severities' : `${name} and above`}
            </option>
          ))}
        </select>
      </search>
      {error === undefined ? null : <p role="alert">{error.message}</p>}
      <Table
        caption="Alerts, newest first"
        rows={data?.alerts ?? []}
        keyOf={({ Identifier }) => Identifier}
        columns={[
          {
            title: 'Severity',
            cell: ({ Severity }) => (
              <span class={`state ${SEVERITY_KINDS[Severity] ?? kindOf('')}`}>
                {SEVERITIES[Severity] ?? Severity}
              </span>
            ),
          },
          { title: 'Node', cell: ({ Node }) => Node },
          { title: 'Summary', cell: ({ Summary }) => Summary },
          { title: 'Tally', isNumber: true, cell: ({ Tally }) => Tally },
          { title: 'Last', isMinor: true, cell: ({ LastOccurrence }) => timeText(LastOccurrence) },
        ]}
      />
    </>
  );
}
