import type { StreamTemplate, TemplateDependency } from '../definitions.ts';
import type { YamlSource } from './yaml-source.ts';

/** A new plan is one commit of the master; what is stored is little more than this. */
const MAX_PLAN_CHARACTERS = 24 * 1024 * 1024;

/** Where names and dependencies stand in the file. */
export interface Found {
  readonly named: { readonly id: string; readonly node: unknown }[];
  readonly follows: {
    readonly from: string;
    readonly dependency: TemplateDependency;
    readonly node: unknown;
  }[];
}

/** Names that are there twice, predecessors that are not there, circles, and too much of all. */
export function checkDefinitions(
  source: YamlSource,
  streams: readonly StreamTemplate[],
  { named, follows }: Found,
): void {
  const known = new Set<string>();
  for (const { id, node } of named) {
    if (known.has(id)) source.problem(node, `${id} is there twice`);
    known.add(id);
  }
  const size = sizeProblem(streams);
  if (size !== undefined) source.problem(source.root, size);
  for (const { from, dependency, node } of follows) {
    const id = idOf(dependency);
    if (!known.has(id)) source.problem(node, `${from} follows ${id}, which is not in this file`);
  }
  const circle = findCircle(streams);
  if (circle !== undefined) {
    const last = follows.find(({ from }) => from === circle[0]);
    source.problem(last?.node, `these wait for each other: ${circle.join(' -> ')}`);
  }
}

/** Why these are too many jobs for one plan; undefined when they are not. */
export function sizeProblem(streams: readonly StreamTemplate[]): string | undefined {
  let characters = 0;
  for (const stream of streams) {
    for (const job of stream.jobs) characters += JSON.stringify(job).length;
  }
  if (characters <= MAX_PLAN_CHARACTERS) return undefined;
  const most = `${MAX_PLAN_CHARACTERS} characters at most`;
  return `the jobs are ${characters} characters long, ${most}: leave out jobs, or put long commands into scripts`;
}

function idOf({ ws, stream, job }: TemplateDependency): string {
  return job === undefined ? `${ws}#${stream}` : `${ws}#${stream}.${job}`;
}

/**
 * What waits for what: a job for its stream's beginning (`ID<`), a stream's end
 * for its jobs. The first circle, as names.
 */
export function findCircle(streams: readonly StreamTemplate[]): readonly string[] | undefined {
  const needs = new Map<string, string[]>();
  for (const stream of streams) {
    const id = idOf({ ws: stream.ws, stream: stream.name });
    needs.set(`${id}<`, stream.follows.map(idOf));
    needs.set(id, [`${id}<`, ...stream.jobs.map(({ name }) => `${id}.${name}`)]);
    for (const job of stream.jobs) {
      needs.set(`${id}.${job.name}`, [`${id}<`, ...job.follows.map(idOf)]);
    }
  }
  return circleIn(needs)?.map((name) => name.replace(/<$/, ''));
}

/** Depth first, without recursion: workflows have chains of many thousand tasks. */
function circleIn(needs: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const done = new Set<string>();
  for (const start of needs.keys()) {
    if (done.has(start)) continue;
    const path: string[] = [start];
    const onPath = new Set(path);
    const waiting: string[][] = [[...(needs.get(start) ?? [])]];
    while (path.length > 0) {
      const next = waiting.at(-1)?.pop();
      if (next === undefined) {
        const left = path.pop() ?? '';
        onPath.delete(left);
        done.add(left);
        waiting.pop();
      } else if (onPath.has(next)) {
        return [...path.slice(path.indexOf(next)), next];
      } else if (!done.has(next)) {
        path.push(next);
        onPath.add(next);
        waiting.push([...(needs.get(next) ?? [])]);
      }
    }
  }
  return undefined;
}
