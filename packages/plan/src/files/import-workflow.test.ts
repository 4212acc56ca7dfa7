import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tree } from '../../test/figure-3.ts';
import { importWorkflow, parseDefinitions, renderDefinitions } from './index.ts';

const { topology } = tree;
const DATA = join(process.env.FTCTL_DATA ?? '/nonexistent', 'wfinstances');
const OPTIONS = { file: 'flow.json', workstations: ['FTA1A', 'FTA1B'], timeScale: 1 };

interface Task {
  readonly id: string;
  readonly parents?: readonly string[];
  readonly children?: readonly string[];
  readonly seconds?: number;
}

/** A workflow in WfFormat 1.5. */
function workflow(tasks: readonly Task[]): string {
  const specification = {
    tasks: tasks.map(({ id, parents = [], children = [] }) => ({
      id,
      name: id,
      parents,
      children,
    })),
  };
  const measured = tasks.map(({ id, seconds }) => ({ id, runtimeInSeconds: seconds ?? 0 }));
  return JSON.stringify({
    schemaVersion: '1.5',
    workflow: { specification, execution: { tasks: measured } },
  });
}

/** The jobs, by name, with the names of what they follow. */
function jobsOf(text: string, options = {}) {
  const { definitions } = importWorkflow(text, { ...OPTIONS, ...options });
  return new Map(
    definitions.streams.flatMap(({ jobs }) =>
      jobs.map(({ name, follows, ...more }) => [
        name,
        { ...more, follows: follows.map(({ job }) => job) },
      ]),
    ),
  );
}

/** Tasks that a job comes after, through joins. */
function tasksBefore(jobs: ReturnType<typeof jobsOf>, name: string): readonly string[] {
  return (jobs.get(name)?.follows ?? []).flatMap((before = '') =>
    before.includes('_JOIN') ? tasksBefore(jobs, before) : [before],
  );
}

describe('a workflow', () => {
  it.skipIf(!existsSync(DATA))('of a real run is taken over whole: FTCTL_DATA', () => {
    const files = readdirSync(DATA).filter((name) => name.endsWith('.json'));
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const text = readFileSync(join(DATA, file), 'utf8');
      const raw = JSON.parse(text).workflow as {
        specification: { tasks: { id: string; parents: string[]; children: string[] }[] };
        execution: { tasks: { id: string; runtimeInSeconds: number }[] };
      };
      const { tasks } = raw.specification;
      const pairs = tasks.flatMap(({ id, parents, children }) => [
        ...parents.map((parent) => `${parent} ${id}`),
        ...children.map((child) => `${id} ${child}`),
      ]);
      const made = importWorkflow(text, { ...OPTIONS, file });
      expect([file, made.tasks]).toEqual([file, tasks.length]);
      expect([file, made.dependencies]).toEqual([file, new Set(pairs).size]);
      const commands = made.definitions.streams.flatMap(({ jobs }) =>
        jobs.map((one) => one.command),
      );
      const seconds = commands.map((one) => Number(/^sleep (.+)$/.exec(one)?.[1] ?? 0));
      const measured = raw.execution.tasks.reduce((sum, one) => sum + one.runtimeInSeconds, 0);
      expect(seconds.reduce((sum, one) => sum + one, 0)).toBeCloseTo(measured, 1);
      const written = renderDefinitions(made.definitions);
      expect(parseDefinitions(written, file, topology)).toEqual(made.definitions);
    }
  });

  it('becomes jobs that follow each other as its tasks did, spread over workstations in turn', () => {
    const text = workflow([
      { id: 'split', seconds: 2.5, children: ['left'] },
      { id: 'left', parents: ['split'] },
      { id: 'right', parents: ['split'], seconds: 100 },
      { id: 'merge', parents: ['left', 'right'] },
    ]);
    const jobs = jobsOf(text, { timeScale: 0.01 });
    expect(
      [...jobs].map(([name, { ws, command, follows }]) => [name, ws, command, follows]),
    ).toEqual([
      ['SPLIT', 'FTA1A', 'sleep 0.025', []],
      ['LEFT', 'FTA1B', 'sleep 0', ['SPLIT']],
      ['RIGHT', 'FTA1A', 'sleep 1', ['SPLIT']],
      ['MERGE', 'FTA1B', 'sleep 0', ['LEFT', 'RIGHT']],
    ]);
    const { definitions } = importWorkflow(text, OPTIONS);
    expect(definitions.streams.map(({ ws, name }) => `${ws}#${name}`)).toEqual(['FTA1A#FLOW']);
  });

  it('fills in the job and its seconds where the command asks for them', () => {
    const command = 'echo {job} {seconds} {job} >> done';
    const jobs = jobsOf(workflow([{ id: 'a b', seconds: 3 }]), { command, timeScale: 2 });
    expect(jobs.get('A_B')?.command).toBe('echo A_B 6 A_B >> done');
  });

  it('of version 1.4 names tasks by name or by id', () => {
    const text = (byId: boolean) =>
      JSON.stringify({
        schemaVersion: '1.4',
        workflow: {
          tasks: [
            { name: 'first', id: 'ID1', runtimeInSeconds: 7, children: [byId ? 'ID2' : 'second'] },
            { name: 'second', id: 'ID2', runtime: 8, parents: [byId ? 'ID1' : 'first'] },
          ],
        },
      });
    for (const byId of [true, false]) {
      const jobs = jobsOf(text(byId));
      expect([...jobs.keys()]).toEqual(['FIRST', 'SECOND']);
      expect(jobs.get('SECOND')).toMatchObject({ follows: ['FIRST'], command: 'sleep 8' });
    }
  });

  it('of version 1.4 may have tasks of one name, told apart by id', () => {
    const tasks = [
      { name: 'align', id: '1' },
      { name: 'align', id: '2', parents: ['1'] },
    ];
    const jobs = jobsOf(JSON.stringify({ workflow: { tasks } }));
    expect(jobs.get('ALIGN_2')?.follows).toEqual(['ALIGN']);
    const unclear = [...tasks, { name: 'sum', id: '3', parents: ['align'] }];
    expect(() => jobsOf(JSON.stringify({ workflow: { tasks: unclear } }))).toThrow(
      'several tasks have the name align',
    );
  });

  it('with names that jobs cannot have gets others, each once, and the same each time', () => {
    const long = 'a very long name of a task that begins like the others do ';
    const ids = [
      '9lives',
      'Ünïcode',
      'x.y',
      'x y',
      'X_Y',
      'x_y_2',
      `${long}1`,
      `${long}2`,
      `${long}3`,
    ];
    const names = [...jobsOf(workflow(ids.map((id) => ({ id })))).keys()];
    expect(names.slice(0, 6)).toEqual(['T9LIVES', 'T_N_CODE', 'X_Y', 'X_Y_2', 'X_Y_3', 'X_Y_2_2']);
    expect(new Set(names).size).toBe(ids.length);
    for (const name of names) expect(name).toMatch(/^[A-Z][A-Z0-9_-]{0,39}$/);
    expect([...jobsOf(workflow(ids.map((id) => ({ id })))).keys()]).toEqual(names);
  });

  it('with more parents than a job may follow gets joins, and waits for the same tasks', () => {
    fc.assert(
      fc.property(fc.integer({ min: 35, max: 200 }), fc.boolean(), (width, isDeep) => {
        const wide = Array.from({ length: isDeep ? width * 20 : width }, (_, at) => `t${at}`);
        const parents = wide;
        // Two whose names are alike where a join would cut them, and one that is called like a join.
        const sums = [
          'sum_of_all_that_was_measured_there',
          'sum_of_all_that_was_measured_here',
          'sum_of_all_that_was_measured_t_join',
        ];
        const jobs = jobsOf(
          workflow([...wide.map((id) => ({ id })), ...sums.map((id) => ({ id, parents }))]),
        );
        for (const { follows } of jobs.values()) expect(follows.length).toBeLessThanOrEqual(40);
        for (const sum of sums.map((id) => id.toUpperCase()).slice(0, 2)) {
          const before = tasksBefore(jobs, sum);
          expect(before.length).toBe(wide.length);
          expect(new Set(before).size).toBe(wide.length);
        }
      }),
      { numRuns: 10 },
    );
  });

  it('with more tasks than a stream may have jobs becomes several streams', () => {
    const tasks = Array.from({ length: 12_000 }, (_, at) => ({
      id: `task_${at}`,
      parents: at === 0 ? [] : [`task_${at - 1}`],
    }));
    const made = importWorkflow(workflow(tasks), { ...OPTIONS, stream: 'a-name-of-16-abc' });
    expect(made.definitions.streams.map(({ name, jobs }) => [name, jobs.length])).toEqual([
      ['A-NAME-OF-16-ABC', 5_000],
      ['A-NAME-OF-16-A_2', 5_000],
      ['A-NAME-OF-16-A_3', 2_000],
    ]);
    const written = renderDefinitions(made.definitions);
    expect(parseDefinitions(written, 'large.yaml', topology)).toEqual(made.definitions);
  });

  it('keeps away from names that other streams have', () => {
    const taken = new Set(['FLOW', 'FLOW_2']);
    const { definitions } = importWorkflow(workflow([{ id: 'a' }]), { ...OPTIONS, taken });
    expect(definitions.streams.map(({ name }) => name)).toEqual(['FLOW_3']);
  });

  it('of 20,000 tasks with names alike takes seconds, not minutes', () => {
    const alike = 'nf_core.rna_sequencing.alignment.of.one.sample_';
    const tasks = Array.from({ length: 20_000 }, (_, at) => ({ id: `${alike}${at}` }));
    const startMs = performance.now();
    expect(jobsOf(workflow(tasks)).size).toBe(20_000);
    expect(performance.now() - startMs).toBeLessThan(10_000);
  });

  it.each([
    ['no JSON', '{', /flow\.json cannot be imported: .*JSON/],
    ['no workflow', '{}', /workflow: Invalid key/],
    ['without tasks', workflow([]), /workflow\.specification\.tasks: Invalid length/],
    [
      'with an unknown parent',
      workflow([{ id: 'a', parents: ['b'] }]),
      /task a names b, which is not there/,
    ],
    [
      'with an unknown child',
      workflow([{ id: 'a', children: ['b'] }]),
      /task a names b, which is not there/,
    ],
    ['with a task twice', workflow([{ id: 'a' }, { id: 'a' }]), /task a is there twice/],
    [
      'with a time below zero',
      workflow([{ id: 'a', seconds: -1 }]),
      /execution\.tasks\.0\.runtimeInSeconds/,
    ],
    [
      'with a circle',
      workflow([
        { id: 'a', parents: ['c'] },
        { id: 'b', parents: ['a'] },
        { id: 'c', parents: ['b'] },
      ]),
      /its tasks wait for each other: .*FLOW\.A/,
    ],
    [
      'with a task that follows itself',
      workflow([{ id: 'a', parents: ['a'] }]),
      /wait for each other: FTA1A#FLOW\.A -> FTA1A#FLOW\.A/,
    ],
  ])('that is %s is refused, with the place', (_what, text, message) => {
    expect(() => importWorkflow(text, OPTIONS)).toThrow(message);
  });

  it('is refused a stream that cannot be called so, and without workstations', () => {
    const text = workflow([{ id: 'a' }]);
    expect(() => importWorkflow(text, { ...OPTIONS, stream: 'no name' })).toThrow(
      '"no name" is no name of a stream',
    );
    expect(() => importWorkflow(text, { ...OPTIONS, workstations: [] })).toThrow(
      'no workstation is named to run it',
    );
  });
});
