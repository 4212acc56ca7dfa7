import { definePanel, Table, useView } from '@ftctl/dashboard/kit';
import type { CpuRow } from '../core/conman/show-cpus.ts';
import type { Finding } from '../core/finding.ts';
import { Topology } from './topology.tsx';

/** What `network` answers. */
export interface Network {
  readonly workstation: string;
  readonly acting: boolean;
  readonly run: number;
  readonly domains: readonly {
    readonly name: string;
    readonly parent: string | null;
    readonly manager: string;
  }[];
  readonly cpus: readonly CpuRow[];
  readonly connections: readonly {
    readonly to: string;
    readonly kind: string;
    readonly open: boolean;
    readonly why: string;
  }[];
  readonly queues: readonly {
    readonly queue: string;
    readonly reader: string;
    readonly records: number;
    readonly bytes: number;
  }[];
  readonly replays: readonly { readonly target: string; readonly replayed: boolean }[];
  readonly findings: readonly Finding[];
}

/** The network as this workstation sees it. */
export default definePanel(function NetworkPanel() {
  const { data, error } = useView<Network>('network');
  if (data === undefined) return <p role="alert">{error === undefined ? '' : error.message}</p>;
  const { workstation, acting, run, findings } = data;
  const isBad = findings.some(({ severity }) => severity === 'problem');
  return (
    <>
      <h1>The network as {workstation} sees it</h1>
      <p class={`source ${isBad ? 'bad' : findings.length > 0 ? 'odd' : 'good'}`} role="status">
        <span>
          plan <b>{run}</b>
        </span>
        <span>{acting ? 'manages its domain' : 'does not manage its domain'}</span>
        <span>{findings.length === 0 ? 'nothing to tell' : `${findings.length} findings`}</span>
      </p>
      <Topology network={data} />
      {findings.length === 0 ? null : <Findings findings={findings} />}
      <h2>Connections and queues</h2>
      <Queues network={data} />
    </>
  );
});

function Findings({ findings }: { readonly findings: readonly Finding[] }) {
  return (
    <>
      <h2>Findings</h2>
      <Table
        caption="What an operator should know"
        rows={findings}
        keyOf={({ what, why }) => `${what}/${why}`}
        columns={[
          {
            title: '',
            cell: ({ severity }) => (
              <span class={`state ${severity === 'problem' ? 'bad' : 'odd'}`}>{severity}</span>
            ),
          },
          { title: 'What', cell: ({ what }) => what },
          { title: 'Why', cell: ({ why }) => why },
          { title: 'What to do', isMinor: true, cell: ({ action }) => action },
        ]}
      />
    </>
  );
}

/** Everything that this workstation has with each other one. */
function Queues({ network: { connections, queues, replays } }: { readonly network: Network }) {
  const peers = new Set([
    ...connections.map(({ to }) => to),
    ...queues.map(({ reader }) => reader),
  ]);
  return (
    <Table
      caption="Connections and queues of this workstation"
      rows={[...peers].sort()}
      keyOf={(peer) => peer}
      columns={[
        { title: 'Workstation', cell: (peer) => peer },
        {
          title: 'Connection',
          cell: (peer) => {
            const one = connections.find(({ to }) => to === peer);
            if (one === undefined) return 'none';
            return (
              <span class={`state ${one.open ? 'good' : 'bad'}`} title={one.why}>
                {one.kind} {one.open ? 'open' : 'closed'}
              </span>
            );
          },
        },
        {
          title: 'Waiting',
          isNumber: true,
          cell: (peer) =>
            queues
              .filter(({ reader }) => reader === peer)
              .map(({ queue, records }) => `${queue} ${records.toLocaleString()}`)
              .join(', '),
        },
        {
          title: 'Replayed',
          isMinor: true,
          cell: (peer) => {
            const one = replays.find(({ target }) => target === peer);
            return one === undefined ? '' : one.replayed ? 'yes' : 'not yet';
          },
        },
      ]}
    />
  );
}
