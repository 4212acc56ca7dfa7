import type { JobId, Plan, StreamId, Tree, WorkstationName } from '@ftctl/plan';

/**
 * Selections as conman knows them: `ws#stream.job`, with `@` for any letters,
 * and a run in brackets or behind a dot: `FTA1A#NIGHT(3).LOAD`. Without a
 * workstation any is meant, without a run the newest plan's instance counts as
 * well as carried ones.
 */
export interface Selection {
  readonly ws: RegExp;
  readonly stream: RegExp;
  readonly run?: number;
  readonly job?: RegExp;
}

const SHAPE = /^(?:([^#]+)#)?([^.(#]+)(?:\((\d+)\)|\.(\d+)(?=\.|$))?(?:\.(.+))?$/;

/** @throws Error naming what is wrong with the text */
export function parseSelection(text: string): Selection {
  const match = SHAPE.exec(text.trim().toUpperCase());
  if (match === null) throw new Error(`"${text}" is no selection: write WS#STREAM.JOB, @ for any`);
  const [, ws = '@', stream = '@', bracket, dotted, job] = match;
  const run = bracket ?? dotted;
  return {
    ws: pattern(ws),
    stream: pattern(stream),
    ...(run === undefined ? {} : { run: Number(run) }),
    ...(job === undefined ? {} : { job: pattern(job) }),
  };
}

export function selectStreams(plan: Plan, selection: Selection): readonly StreamId[] {
  const found: StreamId[] = [];
  for (const part of plan.parts()) {
    if (part.kind !== 'stream' || part.def === undefined) continue;
    if (matches(selection, part.def.ws, part.def.name, part.id)) found.push(part.id);
  }
  return found.sort();
}

export function selectJobs(plan: Plan, selection: Selection): readonly JobId[] {
  const found: JobId[] = [];
  for (const part of plan.parts()) {
    if (part.kind !== 'job' || part.def === undefined) continue;
    const { def } = part;
    const [owner = '', name = ''] = def.stream.replace(/\.\d+$/, '').split('#', 2);
    if (!matches(selection, owner, name, def.stream)) continue;
    if (selection.job === undefined || selection.job.test(def.name)) found.push(part.id);
  }
  return found.sort();
}

/** Workstations of `[domain!]ws`; `@` for any letters. */
export function selectWorkstations(tree: Tree, text: string): readonly WorkstationName[] {
  const [first = '@', second] = text.trim().toUpperCase().split('!', 2);
  const domain = second === undefined ? undefined : pattern(first);
  const ws = pattern(second ?? first);
  return [...tree.topology.workstations.values()]
    .filter((one) => ws.test(one.name) && (domain === undefined || domain.test(one.domain)))
    .map(({ name }) => name);
}

function matches({ ws, stream, run }: Selection, owner: string, name: string, id: string): boolean {
  return ws.test(owner) && stream.test(name) && (run === undefined || id.endsWith(`.${run}`));
}

function pattern(text: string): RegExp {
  const escaped = text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('@', '.*');
  return new RegExp(`^${escaped}$`);
}
