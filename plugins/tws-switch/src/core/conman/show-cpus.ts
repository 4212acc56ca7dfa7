import type { CpuStatus, WorkstationDefinition, WorkstationName } from '@ftctl/plan';
import { type LinkPart, linkPart, type Viewpoint } from './link-part.ts';

/** A row of `showcpus`, as `--json` prints it. */
export interface CpuRow {
  readonly cpuId: WorkstationName;
  readonly run: number;
  /** Operating system and type; `*` before one's own. */
  readonly node: string;
  readonly limit: number;
  readonly fence: number;
  /** When the plan was made; absent while the workstation is not initialised. */
  readonly date?: string;
  readonly time?: string;
  /** Positions: L or F, T or X, I, blank, J, W. */
  readonly state: string;
  readonly method: string;
  readonly domain: string;
}

export const CPU_COLUMNS = [
  'CPUID',
  'RUN',
  'NODE',
  'LIMIT',
  'FENCE',
  'DATE',
  'TIME',
  'STATE',
  'METHOD',
  'DOMAIN',
] as const;

/** Rows in the order of the topology. @param formatDate date and time of the plan, as shown here */
export function showCpus(
  view: Viewpoint,
  names: readonly WorkstationName[],
  formatDate: (atMs: number) => { readonly date: string; readonly time: string },
): readonly CpuRow[] {
  return names.map((name) => row(view, view.tree.workstation(name), formatDate));
}

export function cpuCells(row: CpuRow): readonly (string | number)[] {
  const { cpuId, run, node, limit, fence, date = '', time = '', state, method, domain } = row;
  return [cpuId, run, node, limit, fence, date, time, state, method, domain];
}

function row(
  view: Viewpoint,
  def: WorkstationDefinition,
  formatDate: (atMs: number) => { readonly date: string; readonly time: string },
): CpuRow {
  const runner = view.tree.runnerOf(def.name, view.managerOf);
  const status = view.plan.cpu(runner).s;
  const part = linkPart(view, def.name);
  const { header } = view.plan;
  const isKnown = def.name === view.self || part.link !== '';
  const isInit = isKnown && status?.init === true && header !== undefined;
  return {
    cpuId: def.name,
    run: status?.run ?? 0,
    node: nodeOf(view, def),
    limit: status?.limit ?? def.limit,
    fence: status?.fence ?? def.fence,
    ...(isInit ? formatDate(header.madeAtMs) : {}),
    state: stateOf(part, isKnown ? status : undefined),
    method: def.method ?? '',
    domain: def.domain,
  };
}

function nodeOf(view: Viewpoint, { name, os, type, domain }: WorkstationDefinition): string {
  const isManager = view.managerOf(domain) === name;
  const role = isManager ? (domain === view.tree.root ? 'MASTER' : 'MANAGER') : '';
  const shown = role !== '' ? role : type === 'x-agent' ? 'X-AGENT' : 'FTA';
  return `${name === view.self ? '*' : ''}${os} ${shown}`;
}

function stateOf({ link, how, writer }: LinkPart, status: CpuStatus | undefined): string {
  const first = `${link || ' '}${how || ' '}${status?.init ? 'I' : ' '}`;
  const jobman = status?.init && status.jobman;
  return `${first} ${jobman ? 'J' : ' '}${writer ? 'W' : ' '}`.trimEnd();
}
