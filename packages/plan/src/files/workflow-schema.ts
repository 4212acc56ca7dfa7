import * as v from 'valibot';
import { checked } from '../checked.ts';

/** What is read of WfFormat; everything else of a file is left alone. */

const MAX_TASKS = 100_000;
const id = v.pipe(v.string(), v.minLength(1), v.maxLength(1_024));
const ids = v.optional(v.array(id), []);
const seconds = v.pipe(v.number(), v.finite(), v.minValue(0));

/** 1.5: what depends on what in `specification`, what was measured in `execution`. */
const workflow15 = v.object({
  schemaVersion: v.optional(v.string()),
  workflow: v.object({
    specification: v.object({
      tasks: v.pipe(
        v.array(v.object({ id, name: v.optional(v.string()), parents: ids, children: ids })),
        v.minLength(1),
        v.maxLength(MAX_TASKS),
      ),
    }),
    execution: v.optional(
      v.object({
        tasks: v.optional(v.array(v.object({ id, runtimeInSeconds: v.optional(seconds) })), []),
      }),
    ),
  }),
});

/** 1.4: all in one list; tasks name each other by name. */
const workflow14 = v.object({
  schemaVersion: v.optional(v.string()),
  workflow: v.object({
    tasks: v.pipe(
      v.array(
        v.object({
          id: v.optional(id),
          name: id,
          parents: ids,
          children: ids,
          runtimeInSeconds: v.optional(seconds),
          runtime: v.optional(seconds),
        }),
      ),
      v.minLength(1),
      v.maxLength(MAX_TASKS),
    ),
  }),
});

export interface WorkflowTask {
  readonly id: string;
  /** What its job is named after. */
  readonly label: string;
  /** Ids. */
  readonly parents: readonly string[];
  readonly seconds: number;
}

/** Tasks with their parents and measured run times, whichever version it is. @throws Error naming the place */
export function readWorkflow(value: unknown): readonly WorkflowTask[] {
  const isOld =
    typeof value === 'object' &&
    value !== null &&
    'workflow' in value &&
    typeof value.workflow === 'object' &&
    value.workflow !== null &&
    'tasks' in value.workflow;
  return isOld ? read14(checked(workflow14, value)) : read15(checked(workflow15, value));
}

function read15({ workflow }: v.InferOutput<typeof workflow15>): readonly WorkflowTask[] {
  const measured = new Map(
    workflow.execution?.tasks.map(({ id: task, runtimeInSeconds = 0 }) => [task, runtimeInSeconds]),
  );
  return withChildren(
    workflow.specification.tasks.map(({ id: task, parents, children }) => ({
      id: task,
      label: task,
      parents,
      children,
      seconds: measured.get(task) ?? 0,
    })),
  );
}

/** Tasks of 1.4 have a name and, mostly, an id; others name them by the one or the other. */
function read14({ workflow }: v.InferOutput<typeof workflow14>): readonly WorkflowTask[] {
  const { tasks } = workflow;
  const ids = new Set(tasks.map(({ id: own, name }) => own ?? name));
  const byName = new Map<string, string[]>();
  for (const { id: own, name } of tasks) {
    const found = byName.get(name);
    if (found === undefined) byName.set(name, [own ?? name]);
    else found.push(own ?? name);
  }
  const idOf = (named: string) => {
    if (ids.has(named)) return named;
    const [found = named, another] = byName.get(named) ?? [];
    if (another === undefined) return found;
    throw new Error(`several tasks have the name ${named}, by which another names one of them`);
  };
  return withChildren(
    tasks.map(({ id: own, name, parents, children, runtimeInSeconds, runtime }) => ({
      id: own ?? name,
      label: name,
      parents: parents.map(idOf),
      children: children.map(idOf),
      seconds: runtimeInSeconds ?? runtime ?? 0,
    })),
  );
}

/** A dependency may be told by the parent, by the child, or by both. */
function withChildren(
  tasks: readonly (WorkflowTask & { readonly children: readonly string[] })[],
): readonly WorkflowTask[] {
  const parents = new Map<string, Set<string>>();
  for (const { id: task, parents: own } of tasks) {
    if (parents.has(task)) throw new Error(`task ${task} is there twice`);
    parents.set(task, new Set(own));
  }
  const find = (task: string, from: string) => {
    const found = parents.get(task);
    if (found === undefined) throw new Error(`task ${from} names ${task}, which is not there`);
    return found;
  };
  for (const { id: task, parents: own, children } of tasks) {
    for (const parent of own) find(parent, task);
    for (const child of children) find(child, task).add(task);
  }
  return tasks.map(({ id: task, label, seconds: time }) => ({
    id: task,
    label,
    parents: [...find(task, task)],
    seconds: time,
  }));
}
