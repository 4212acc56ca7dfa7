import { parseTopology } from '../src/files/index.ts';
import type {
  Dependency,
  JobDefinition,
  JobStatus,
  StreamDefinition,
  StreamStatus,
} from '../src/model.ts';
import { Plan } from '../src/plan.ts';
import { Tree } from '../src/tree.ts';

/** A root with an agent of each kind, a domain below it, one below that, and one beside. */
export const NETWORK = `
domains:
  MASTERDM: {}
  DM1: { parent: MASTERDM }
  DM2: { parent: MASTERDM }
  DM11: { parent: DM1 }
workstations:
  MASTER: { type: master, domain: MASTERDM }
  FSA: { domain: MASTERDM, fullstatus: on }
  FTAA: { domain: MASTERDM }
  DM1: { type: manager, domain: DM1 }
  FS1A: { domain: DM1, fullstatus: on }
  FTA1A: { domain: DM1 }
  FTA1B: { domain: DM1 }
  X-A: { type: x-agent, domain: DM1, host: FTA1A }
  X-M: { type: x-agent, domain: DM1, host: $MANAGER }
  DM2: { type: manager, domain: DM2 }
  FTA2A: { domain: DM2 }
  DM11: { type: manager, domain: DM11 }
  FTA11A: { domain: DM11 }
`;

export const tree = new Tree(parseTopology(NETWORK, 'network.yaml'));

export const runnerOf = (ws: string): string =>
  tree.runnerOf(ws, (domain) => tree.domain(domain).manager);

/** Workstations that have a copy of the plan. */
export const READERS = [...tree.topology.workstations.values()]
  .filter(({ type }) => type !== 'x-agent')
  .map(({ name }) => name);

/** `WS#STREAM.1.JOB` or `WS#STREAM.1`. */
export function on(id: string): Dependency {
  return { kind: id.split('.').length > 2 ? 'job' : 'stream', id };
}

export function streamOf(id: string, more: Partial<StreamDefinition> = {}): StreamDefinition {
  const [ws = '', rest = ''] = id.split('#');
  const [name = ''] = rest.split('.');
  return { id, ws, name, jobs: [], follows: [], priority: 10, prompts: [], ...more };
}

/** Runs on the workstation of its stream unless `more` says another. */
export function jobOf(id: string, more: Partial<JobDefinition> = {}): JobDefinition {
  const stream = id.slice(0, id.lastIndexOf('.'));
  return {
    id,
    stream,
    name: id.slice(id.lastIndexOf('.') + 1),
    ws: id.slice(0, id.indexOf('#')),
    command: 'true',
    follows: [],
    priority: 10,
    prompts: [],
    recovery: 'stop',
    ...more,
  };
}

export function jobStatus(state: JobStatus['state']): JobStatus {
  return { v: { era: 1, n: 1 }, state, attempt: 1, priority: 10 };
}

export function streamStatus(state: StreamStatus['state']): StreamStatus {
  return { v: { era: 1, n: 1 }, state, priority: 10, open: state !== 'HOLD' };
}

/** A plan with these jobs and their streams. */
export function planOf(
  jobs: readonly JobDefinition[],
  streams: readonly StreamDefinition[] = [],
): Plan {
  const plan = new Plan();
  const known = new Set(streams.map(({ id }) => id));
  const more = [...new Set(jobs.map(({ stream }) => stream))].filter((id) => !known.has(id));
  for (const def of [...streams, ...more.map((id) => streamOf(id))]) {
    const own = jobs.filter(({ stream }) => stream === def.id).map(({ id }) => id);
    plan.merge({ kind: 'stream', id: def.id, def: { ...def, jobs: own } });
  }
  for (const def of jobs) plan.merge({ kind: 'job', id: def.id, def });
  return plan;
}
