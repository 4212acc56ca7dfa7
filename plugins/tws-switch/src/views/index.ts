import { isFtError, type View, type Views } from '@ftctl/sdk';
import { findingsOf } from '../commands/doctor.ts';
import { commandErrors } from '../commands/errors.ts';
import { dateTime, viewpoint } from '../commands/show.ts';
import { showCpus } from '../core/conman/show-cpus.ts';
import { queuesOf, replaysOf } from '../queues.ts';
import type { Station } from '../station.ts';
import type { Workstation } from '../workstation.ts';

/** Of a log, its end. */
const LOG_BYTES = 32_768;

const text = { type: 'string' };
const list = (items: object) => ({ type: 'array', items });
const record = (properties: Readonly<Record<string, object>>) => ({
  type: 'object',
  required: Object.keys(properties),
  properties,
});
const count = { type: 'integer' };
const yes = { type: 'boolean' };

const network = record({
  workstation: text,
  acting: yes,
  run: count,
  domains: list(record({ name: text, parent: { type: ['string', 'null'] }, manager: text })),
  cpus: list(record({ cpuId: text, domain: text, node: text, state: text, limit: count })),
  connections: list(record({ to: text, kind: text, open: yes, why: text })),
  queues: list(record({ queue: text, reader: text, records: count, bytes: count })),
  replays: list(record({ target: text, replayed: yes })),
  findings: list(record({ severity: text, what: text, why: text, action: text })),
});

/** What the panel of the network, and other programs, may read. */
export function twsViews(host: Station): Views {
  const station = (): Workstation => {
    const found = host.workstation;
    if (found === undefined) throw commandErrors.NOT_RUNNING({ why: 'it is starting' });
    return found;
  };
  const views: readonly View[] = [
    {
      path: 'network',
      summary: 'The network as this workstation sees it: links, queues, what is wrong.',
      answer: network,
      read: () => networkOf(host, station()),
    },
    {
      path: 'logs/:job',
      summary: 'The end of the log of a job that ran on this host.',
      answer: record({ job: text, attempt: count, text, cut: yes }),
      read: ({ params }) => logOf(station(), params.job ?? ''),
    },
  ];
  return { views, version: () => versionOf(host) };
}

function networkOf(host: Station, station: Workstation): object {
  const { tree, roles, self, book } = station.desk;
  const names = [...tree.topology.workstations.keys()];
  return {
    workstation: self,
    acting: roles.acting(),
    run: book.plan.header?.plan.run ?? 0,
    domains: [...tree.topology.domains.values()].map(({ name, parent }) => ({
      name,
      parent: parent ?? null,
      manager: roles.managerOf(name),
    })),
    cpus: showCpus(viewpoint(station), names, (atMs) => dateTime(station, atMs)),
    connections: station.sessions.status().map(({ why = '', ...one }) => ({ ...one, why })),
    queues: queuesOf(station),
    replays: replaysOf(station),
    findings: findingsOf(host, station),
  };
}

/** Attempt 0 when there is none. */
async function logOf(station: Workstation, job: string): Promise<object> {
  const none = { job, attempt: 0, text: '', cut: false };
  const part = station.desk.book.plan.part(`job/${job}`);
  const attempt = part?.kind === 'job' ? (part.s?.attempt ?? 0) : 0;
  if (attempt === 0) return none;
  const { logs } = station.options.runner;
  try {
    const of = { job, attempt };
    const { bytes, fromByte } = await logs.read(of, { lastBytes: LOG_BYTES });
    return { ...of, text: new TextDecoder().decode(bytes), cut: fromByte > 0 };
  } catch (error) {
    if (isFtError(error, 'FT_JOB_NO_LOG') || isFtError(error, 'FT_JOB_NAME')) return none;
    throw error;
  }
}

/** Links, roles and queues; of the plan only which it is. */
function versionOf(host: Station): string {
  const station = host.workstation;
  if (station === undefined) return '';
  const { roles, book } = station.desk;
  return JSON.stringify([
    book.plan.header?.plan.run,
    roles.epochs(),
    roles.acting(),
    station.sessions.status(),
    queuesOf(station).map(({ records }) => records),
    [...station.desk.tree.topology.workstations.keys()].map((ws) => {
      const { s, linked } = book.plan.cpu(ws);
      return [s?.v, linked?.v];
    }),
  ]);
}
