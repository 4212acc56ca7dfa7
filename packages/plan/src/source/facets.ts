import type {
  Dependency,
  JobDefinition,
  JobStatus,
  PromptDefinition,
  StreamDefinition,
} from '../model.ts';
import type { JobPart, Part, StreamPart } from '../parts.ts';
import type { Version } from '../version.ts';
import type { SourceEvent, SourceRecord } from './records.ts';

/** What a column holds. JSON is text; text is what every database takes (`storable`). */
export type Cell = string | number | null;

/** Tables that hold rows of a plan, by syncid. */
export type TableName = 'streams' | 'jobs' | 'prompts' | 'workstations' | 'domains';

/**
 * A facet: columns of a row that one owner writes together, with the version
 * that says which of two writes is the newer.
 */
export type FacetName =
  | 'streams.def'
  | 'streams.s'
  | 'jobs.def'
  | 'jobs.s'
  | 'jobs.g'
  | 'prompts.def'
  | 'prompts.s'
  | 'workstations.s'
  | 'workstations.links'
  | 'workstations.linked'
  | 'workstations.dropped'
  | 'domains.epoch'
  | 'domains.voters';

/** Absolute values for one facet of one row. */
export interface FacetChange {
  readonly facet: FacetName;
  readonly id: string;
  readonly version: Version;
  /** In the order of the facet's columns. */
  readonly cells: readonly Cell[];
}

export interface RowGone {
  readonly gone: TableName;
  readonly id: string;
}

/** A state of a job, for its history. */
export interface JobMoment {
  readonly history: string;
  readonly version: Version;
  readonly atMs: number;
  readonly state: string;
  readonly attempt: number;
  readonly rc: number | null;
}

export type RowChange = FacetChange | RowGone | JobMoment;

/** Columns of each facet, without those of its version. */
export const FACETS: Readonly<Record<FacetName, readonly string[]>> = {
  'streams.def': ['ws', 'name', 'run', 'at_ms', 'def'],
  'streams.s': ['state', 'priority', 'limit_jobs', 'open', 'released'],
  'jobs.def': ['stream', 'ws', 'name', 'at_ms', 'def'],
  'jobs.s': ['state', 'attempt', 'priority', 'start_ms', 'end_ms', 'rc', 'more'],
  'jobs.g': ['granted'],
  'prompts.def': ['text'],
  'prompts.s': ['state'],
  'workstations.s': ['limit_jobs', 'fence', 'run', 'init', 'jobman', 'held', 'unfit', 'features'],
  'workstations.links': ['links_out', 'links_in'],
  'workstations.linked': ['linked'],
  'workstations.dropped': ['dropped'],
  'domains.epoch': ['manager'],
  'domains.voters': ['voters'],
};

/** Of a definition, which never changes. */
const MADE: Version = { era: 1, n: 1 };

/** What a record of the mirrorbox changes. Records about the log itself change nothing. */
export function changesOf(record: SourceRecord): readonly RowChange[] {
  if (record.r === 'event') return ofEvent(record.e, record.ms);
  if (record.r !== 'gone') return [];
  const at = record.key.indexOf('/');
  const table = tableOf(record.key.slice(0, at));
  return table === undefined ? [] : [{ gone: table, id: record.key.slice(at + 1) }];
}

/** A part of a copy. */
export function changesOfPart(part: Part): readonly FacetChange[] {
  switch (part.kind) {
    case 'job':
      return jobFacets(part);
    case 'stream':
      return streamFacets(part);
    case 'prompt':
      return [
        ...(part.def === undefined ? [] : [promptText(part.def)]),
        ...(part.s === undefined ? [] : ofStatus({ k: 'prompt', id: part.id, s: part.s })),
      ];
    case 'cpu':
      return [
        ...(part.s === undefined ? [] : ofStatus({ k: 'cpu', ws: part.id, s: part.s })),
        ...(part.links === undefined ? [] : ofStatus({ k: 'links', ws: part.id, s: part.links })),
        ...(part.linked === undefined
          ? []
          : ofStatus({ k: 'linked', ws: part.id, s: part.linked })),
        ...(part.dropped === undefined
          ? []
          : ofStatus({ k: 'dropped', by: part.id, s: part.dropped })),
      ];
    case 'voters':
      return ofStatus({ k: 'voters', domain: part.id, s: part.s });
    case 'command':
      return [];
  }
}

function jobFacets({ id, def, s, g }: JobPart): readonly FacetChange[] {
  const facets: FacetChange[] = [];
  if (def !== undefined) {
    const { stream, ws, name, atMs } = def;
    facets.push(made('jobs.def', id, [stream, ws, name, atMs ?? null, jobDefinition(def)]));
  }
  if (s !== undefined) facets.push(...ofStatus({ k: 'job', id, s }));
  if (g !== undefined) facets.push(...ofStatus({ k: 'grant', id, s: g }));
  return facets;
}

function streamFacets({ id, def, s }: StreamPart): readonly FacetChange[] {
  const facets: FacetChange[] = [];
  if (def !== undefined) {
    const { ws, name, atMs } = def;
    const run = Number(/\.(\d+)$/.exec(id)?.[1] ?? 0);
    facets.push(made('streams.def', id, [ws, name, run, atMs ?? null, streamDefinition(def)]));
  }
  if (s !== undefined) facets.push(...ofStatus({ k: 'stream', id, s }));
  return facets;
}

function ofEvent(event: SourceEvent, ms: number): readonly RowChange[] {
  if (event.k === 'add') {
    return [
      ...event.streams.flatMap((def) => streamFacets({ kind: 'stream', id: def.id, def })),
      ...event.jobs.flatMap((def) => jobFacets({ kind: 'job', id: def.id, def })),
      ...event.prompts.map(promptText),
    ];
  }
  if (event.k === 'epoch') {
    const { number, owner } = event.epoch;
    return [
      { facet: 'domains.epoch', id: event.domain, version: { era: 1, n: number }, cells: [owner] },
    ];
  }
  const changes: RowChange[] = [...ofStatus(event)];
  if (event.k === 'job') {
    const { v: version, state, attempt, rc } = event.s;
    changes.push({ history: event.id, version, atMs: ms, state, attempt, rc: rc ?? null });
  }
  return changes;
}

type StatusEvent = Exclude<SourceEvent, { readonly k: 'add' | 'epoch' }>;

function ofStatus(event: StatusEvent): readonly FacetChange[] {
  const { v: version } = event.s;
  const change = (facet: FacetName, id: string, cells: readonly Cell[]): FacetChange[] => [
    { facet, id, version, cells },
  ];
  switch (event.k) {
    case 'job': {
      const { state, attempt, priority, startMs, endMs, rc } = event.s;
      const cells = [state, attempt, priority, startMs ?? null, endMs ?? null, rc ?? null];
      return change('jobs.s', event.id, [...cells, moreOf(event.s)]);
    }
    case 'grant':
      return change('jobs.g', event.id, [event.s.attempt]);
    case 'stream': {
      const { state, priority, limit, open, released } = event.s;
      const cells = [state, priority, limit ?? null, flag(open), flag(released)];
      return change('streams.s', event.id, cells);
    }
    case 'prompt':
      return change('prompts.s', event.id, [event.s.state]);
    case 'cpu': {
      const { limit, fence, run, init, jobman, held, unfit, features } = event.s;
      const cells = [limit, fence, run, flag(init), flag(jobman)];
      const why = [storable(held), storable(unfit)];
      return change('workstations.s', event.ws, [...cells, ...why, features.join(' ')]);
    }
    case 'links': {
      const { out, in: into } = event.s;
      return change('workstations.links', event.ws, [out.join(' '), into.join(' ')]);
    }
    case 'linked':
      return change('workstations.linked', event.ws, [flag(event.s.linked)]);
    case 'dropped':
      return change('workstations.dropped', event.by, [event.s.agents.join(' ')]);
    case 'voters':
      return change('domains.voters', event.domain, [event.s.voters.join(' ')]);
  }
}

/**
 * What is shown and not searched is JSON, its keys always in this order: the same
 * content is the same text, from wherever it came.
 */
function jobDefinition(def: JobDefinition): string {
  const { command, priority, prompts, recovery, rerunLimit, confirmed } = def;
  const follows = def.follows.map(dependency);
  return JSON.stringify({ command, follows, priority, prompts, recovery, rerunLimit, confirmed });
}

function streamDefinition({ jobs, follows, priority, limit, prompts }: StreamDefinition): string {
  return JSON.stringify({ jobs, follows: follows.map(dependency), priority, limit, prompts });
}

function dependency({ kind, id }: Dependency): Dependency {
  return { kind, id };
}

function moreOf({ reruns, released, cancelPending, why }: JobStatus): string | null {
  const isNothing = [reruns, released, cancelPending, why].every((one) => one === undefined);
  return isNothing ? null : JSON.stringify({ reruns, released, cancelPending, why });
}

function promptText({ id, text }: PromptDefinition): FacetChange {
  return made('prompts.def', id, [storable(text)]);
}

/** What people write, less the two things that a database has no place for: NUL and half of a pair. */
function storable(text: string | undefined): string | null {
  return text?.replace(/[\0\p{Surrogate}]/gu, '\uFFFD') ?? null;
}

function made(facet: FacetName, id: string, cells: readonly Cell[]): FacetChange {
  return { facet, id, version: MADE, cells };
}

function flag(value: boolean | undefined): number {
  return value === true ? 1 : 0;
}

function tableOf(kind: string): TableName | undefined {
  switch (kind) {
    case 'job':
      return 'jobs';
    case 'stream':
      return 'streams';
    case 'prompt':
      return 'prompts';
    default:
      return undefined;
  }
}
