import { describeError } from '@ftctl/sdk';
import type { Definitions, JobTemplate, StreamTemplate } from '../definitions.ts';
import { planErrors } from '../errors.ts';
import { findCircle } from './check-definitions.ts';
import { MAX_FOLLOWS, MAX_JOBS, STREAM_NAME } from './parse-definitions.ts';
import { JobNames, streamNames } from './workflow-names.ts';
import { readWorkflow, type WorkflowTask } from './workflow-schema.ts';

export interface ImportOptions {
  /** For error texts. */
  readonly file: string;
  /** Name of the stream; made from the file's name when absent. */
  readonly stream?: string;
  /** Names that streams of the same plan file have already. */
  readonly taken?: ReadonlySet<string>;
  /** Workstations over which the tasks are spread in turn; the first owns the streams. */
  readonly workstations: readonly string[];
  /** Run times are multiplied by it; 0 lets every job end at once. */
  readonly timeScale: number;
  /** Command of a job: `{job}` and `{seconds}` (already scaled) are filled in. */
  readonly command?: string;
}

export interface ImportedWorkflow {
  /** One stream, or several where there are more jobs than one may have. */
  readonly definitions: Definitions;
  readonly tasks: number;
  readonly dependencies: number;
  /** Jobs without a task of their own, put in where a task has more parents than a job may follow. */
  readonly joins: number;
}

/** A job whose predecessors are known by name alone: which stream each is in comes later. */
interface Draft {
  readonly name: string;
  readonly ws: string;
  readonly command: string;
  readonly parents: readonly string[];
}

const DEFAULT_COMMAND = 'sleep {seconds}';

/**
 * Makes a plan of a workflow in WfFormat (wfcommons.org): tasks become jobs,
 * parents become `follows`, and a job takes as long as its task did, scaled.
 *
 * @throws FtError FT_PLAN_WORKFLOW
 */
export function importWorkflow(text: string, options: ImportOptions): ImportedWorkflow {
  const refused = (why: string, cause?: unknown) =>
    planErrors.WORKFLOW({ file: options.file, why }, cause);
  let tasks: readonly WorkflowTask[];
  try {
    tasks = readWorkflow(JSON.parse(text));
  } catch (error) {
    throw refused(describeError(error), error);
  }
  const { stream } = options;
  if (stream !== undefined && !STREAM_NAME.test(stream.toUpperCase())) {
    throw refused(
      `"${stream}" is no name of a stream: a letter, then at most 15 letters, digits, - or _`,
    );
  }
  const [owner] = options.workstations;
  if (owner === undefined) throw refused('no workstation is named to run it');
  const drafts = draftJobs(tasks, options, owner);
  const streams = intoStreams(drafts, options, owner);
  const circle = findCircle(streams);
  if (circle !== undefined) throw refused(`its tasks wait for each other: ${circle.join(' -> ')}`);
  return {
    definitions: { streams },
    tasks: tasks.length,
    dependencies: tasks.reduce((sum, { parents }) => sum + parents.length, 0),
    joins: drafts.length - tasks.length,
  };
}

function draftJobs(
  tasks: readonly WorkflowTask[],
  options: ImportOptions,
  owner: string,
): readonly Draft[] {
  const given = new JobNames();
  const names = new Map(tasks.map(({ id, label }) => [id, given.give(label)]));
  const { workstations } = options;
  return tasks.flatMap((task, at) => {
    const name = names.get(task.id) ?? task.id;
    const ws = workstations[at % workstations.length] ?? owner;
    const joins: Draft[] = [];
    const parents = joinParents(
      task.parents.map((parent) => names.get(parent) ?? parent),
      (joined) => {
        const join = given.give(`${name.slice(0, 30)}_JOIN`);
        joins.push({ name: join, ws, command: 'true', parents: joined });
        return join;
      },
    );
    return [...joins, { name, ws, command: commandOf(task, name, options), parents }];
  });
}

/** Where a task has more parents than a job may follow, jobs that do nothing join them in groups. */
function joinParents(
  parents: readonly string[],
  join: (parents: readonly string[]) => string,
): readonly string[] {
  let level = parents;
  while (level.length > MAX_FOLLOWS) {
    const next: string[] = [];
    for (let at = 0; at < level.length; at += MAX_FOLLOWS) {
      const group = level.slice(at, at + MAX_FOLLOWS);
      const [only] = group;
      next.push(group.length === 1 && only !== undefined ? only : join(group));
    }
    level = next;
  }
  return level;
}

/** Streams of as many jobs as one may have, in the order of the file. */
function intoStreams(
  drafts: readonly Draft[],
  { stream, file, taken = new Set() }: ImportOptions,
  owner: string,
): readonly StreamTemplate[] {
  const nameOf = streamNames(stream ?? baseName(file), taken);
  const streamOf = new Map(drafts.map(({ name }, at) => [name, nameOf(Math.floor(at / MAX_JOBS))]));
  const jobs = new Map<string, JobTemplate[]>();
  for (const { name, ws, command, parents } of drafts) {
    const own = streamOf.get(name) ?? '';
    const template: JobTemplate = {
      name,
      ws,
      command,
      follows: parents.map((job) => ({ ws: owner, stream: streamOf.get(job) ?? own, job })),
      priority: 10,
      prompts: [],
      recovery: 'stop',
    };
    const found = jobs.get(own);
    if (found === undefined) jobs.set(own, [template]);
    else found.push(template);
  }
  return [...jobs].map(([name, own]) => ({
    ws: owner,
    name,
    follows: [],
    priority: 10,
    prompts: [],
    jobs: own,
  }));
}

function commandOf(task: WorkflowTask, job: string, options: ImportOptions): string {
  const seconds = Number((task.seconds * options.timeScale).toFixed(3));
  return (options.command ?? DEFAULT_COMMAND)
    .replaceAll('{job}', job)
    .replaceAll('{seconds}', String(seconds));
}

function baseName(file: string): string {
  return (file.split('/').at(-1) ?? file).replace(/\.json$/i, '');
}
