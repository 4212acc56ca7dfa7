import { describeError } from '@ftctl/sdk';
import type { Definitions, JobTemplate, TemplateDependency } from '../definitions.ts';
import { planErrors } from '../errors.ts';
import { MAX_FOLLOWS } from './parse-definitions.ts';
import { readWorkflow, type WorkflowTask } from './workflow-schema.ts';

export interface ImportOptions {
  /** For error texts. */
  readonly file: string;
  /** Name of the stream; made from the file's name when absent. */
  readonly stream?: string;
  /** Workstations over which the tasks are spread in turn; the first owns the stream. */
  readonly workstations: readonly string[];
  /** Run times are multiplied by it; 0 lets every job end at once. */
  readonly timeScale: number;
  /** Command of a job: `{job}` and `{seconds}` (already scaled) are filled in. */
  readonly command?: string;
}

export interface ImportedWorkflow {
  readonly definitions: Definitions;
  readonly tasks: number;
  readonly dependencies: number;
  /** Jobs without a task of their own, put in where a task has more parents than a job may follow. */
  readonly joins: number;
}

const DEFAULT_COMMAND = 'sleep {seconds}';
const NAME_LENGTH = 40;
const STREAM_LENGTH = 16;

/**
 * Makes a plan of a workflow in WfFormat (wfcommons.org): tasks become jobs of
 * one stream, parents become `follows`, and a job takes as long as its task did,
 * scaled.
 *
 * @throws FtError FT_PLAN_WORKFLOW
 */
export function importWorkflow(text: string, options: ImportOptions): ImportedWorkflow {
  let tasks: readonly WorkflowTask[];
  try {
    tasks = readWorkflow(JSON.parse(text));
  } catch (error) {
    throw planErrors.WORKFLOW({ file: options.file, why: describeError(error) }, error);
  }
  const [owner] = options.workstations;
  if (owner === undefined) {
    throw planErrors.WORKFLOW({ file: options.file, why: 'no workstation is named to run it' });
  }
  const stream = validName(options.stream ?? baseName(options.file), STREAM_LENGTH);
  const names = uniqueNames(tasks);
  const jobs: JobTemplate[] = [];
  let dependencies = 0;
  for (const [at, task] of tasks.entries()) {
    const name = names.get(task.id) ?? task.id;
    dependencies += task.parents.length;
    const parents = task.parents.map((parent) => names.get(parent) ?? parent);
    const ws = options.workstations[at % options.workstations.length] ?? owner;
    const joined = joinParents(name, parents, (join, joinedNames) => {
      jobs.push(template(join, ws, 'true', follows(owner, stream, joinedNames)));
    });
    jobs.push(template(name, ws, commandOf(task, name, options), follows(owner, stream, joined)));
  }
  const definitions: Definitions = {
    streams: [{ ws: owner, name: stream, follows: [], priority: 10, prompts: [], jobs }],
  };
  return { definitions, tasks: tasks.length, dependencies, joins: jobs.length - tasks.length };
}

function template(
  name: string,
  ws: string,
  command: string,
  followed: readonly TemplateDependency[],
): JobTemplate {
  return { name, ws, command, follows: followed, priority: 10, prompts: [], recovery: 'stop' };
}

function follows(ws: string, stream: string, jobs: readonly string[]): TemplateDependency[] {
  return jobs.map((job) => ({ ws, stream, job }));
}

/** Where a task has more parents than a job may follow, jobs that do nothing join them in groups. */
function joinParents(
  name: string,
  parents: readonly string[],
  add: (join: string, parents: readonly string[]) => void,
): readonly string[] {
  let level: readonly string[] = parents;
  for (let depth = 1; level.length > MAX_FOLLOWS; depth += 1) {
    const joins: string[] = [];
    for (let at = 0; at < level.length; at += MAX_FOLLOWS) {
      const join = `${name.slice(0, NAME_LENGTH - 10)}_J${depth}_${joins.length + 1}`;
      add(join, level.slice(at, at + MAX_FOLLOWS));
      joins.push(join);
    }
    level = joins;
  }
  return level;
}

function commandOf(task: WorkflowTask, job: string, options: ImportOptions): string {
  const seconds = Number((task.seconds * options.timeScale).toFixed(3));
  return (options.command ?? DEFAULT_COMMAND)
    .replaceAll('{job}', job)
    .replaceAll('{seconds}', String(seconds));
}

/** Names that a job may have, the same at each import of the file. */
function uniqueNames(tasks: readonly WorkflowTask[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const { id } of tasks) {
    const base = validName(id, NAME_LENGTH - 10);
    let name = base;
    for (let n = 2; taken.has(name); n += 1) name = `${base}_${n}`;
    taken.add(name);
    names.set(id, name);
  }
  return names;
}

function validName(text: string, length: number): string {
  const name = text.toUpperCase().replaceAll(/[^A-Z0-9_-]/g, '_');
  return (/^[A-Z]/.test(name) ? name : `T${name}`).slice(0, length);
}

function baseName(file: string): string {
  return (file.split('/').at(-1) ?? file).replace(/\.json$/i, '');
}
