import type { StreamTemplate, TemplateDependency } from '../definitions.ts';
import type { YamlSource } from './yaml-source.ts';

/** Where dependencies stand in the file. */
export interface Found {
  readonly follows: {
    readonly from: string;
    readonly dependency: TemplateDependency;
    readonly node: unknown;
  }[];
}

/** Names that are there twice, predecessors that are not there, and circles. */
export function checkDefinitions(
  source: YamlSource,
  streams: readonly StreamTemplate[],
  { follows }: Found,
): void {
  const known = new Set<string>();
  const add = (id: string) => {
    if (known.has(id)) source.problem(source.root, `${id} is there twice`);
    known.add(id);
  };
  for (const stream of streams) {
    const id = `${stream.ws}#${stream.name}`;
    add(id);
    for (const job of stream.jobs) add(`${id}.${job.name}`);
  }
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

function idOf({ ws, stream, job }: TemplateDependency): string {
  return job === undefined ? `${ws}#${stream}` : `${ws}#${stream}.${job}`;
}

/**
 * What waits for what: a job for its stream's beginning (`ID<`), a stream's end
 * for its jobs. The first circle, as names.
 */
function findCircle(streams: readonly StreamTemplate[]): readonly string[] | undefined {
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
    const todo: string[][] = [[...(needs.get(start) ?? [])]];
    while (path.length > 0) {
      const next = todo.at(-1)?.pop();
      if (next === undefined) {
        const left = path.pop() ?? '';
        onPath.delete(left);
        done.add(left);
        todo.pop();
      } else if (onPath.has(next)) {
        return [...path.slice(path.indexOf(next)), next];
      } else if (!done.has(next)) {
        path.push(next);
        onPath.add(next);
        todo.push([...(needs.get(next) ?? [])]);
      }
    }
  }
  return undefined;
}
