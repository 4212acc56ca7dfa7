import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDefinitions, parseTopology } from '@ftctl/plan/files';
import type { CommandCall, CommandResult } from '@ftctl/sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { importCommand } from './import.ts';

const TOPOLOGY = parseTopology(
  `domains:
  MASTERDM: {}
workstations:
  MASTER: { type: master, domain: MASTERDM }
  FTAA: { domain: MASTERDM }
`,
  'network.yaml',
);

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'import-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A file with a workflow of these tasks, each after the one before it. */
function workflow(file: string, tasks: readonly string[]): string {
  const specification = {
    tasks: tasks.map((id, at) => ({ id, name: id, parents: at === 0 ? [] : [tasks[at - 1]] })),
  };
  const measured = tasks.map((id) => ({ id, runtimeInSeconds: 2_000 }));
  const text = JSON.stringify({ workflow: { specification, execution: { tasks: measured } } });
  writeFileSync(join(folder, file), text);
  return file;
}

interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly result: CommandResult;
}

/** As `ftctl` calls it, with the defaults of the manifest. */
async function run(
  files: readonly string[],
  options: CommandCall['options'] = {},
  { host = 'master', format = 'wfcommons' } = {},
): Promise<Outcome> {
  const written = { stdout: '', stderr: '' };
  const versions = { plugin: '0.1.0', host: '0.1.0', api: '0.1.0' };
  const command = importCommand(
    {
      config: { topology: 'network.yaml' },
      host: { name: host, plugin: 'tws-switch', home: folder, versions },
    },
    { readTopology: async () => TOPOLOGY },
  );
  const result = await command({
    args: { format, file: files },
    options: { timeScale: '0.001', command: 'sleep {seconds}', ...options },
    cwd: folder,
    stdin: (async function* () {
      yield* [];
    })(),
    write: (piece, to = 'stdout') => {
      written[to] += typeof piece === 'string' ? piece : new TextDecoder().decode(piece);
    },
    onInterrupt: () => undefined,
  });
  return { ...written, result };
}

describe('import', () => {
  it('prints a plan file that can be read, and says apart from it what became of the workflow', async () => {
    const { stdout, stderr, result } = await run([workflow('my-flow.json', ['a', 'b'])]);
    const { streams } = parseDefinitions(stdout, 'plan.yaml', TOPOLOGY);
    expect(streams).toHaveLength(1);
    expect(streams[0]).toMatchObject({ ws: 'MASTER', name: 'MY-FLOW' });
    expect(streams[0]?.jobs.map(({ name, ws, command }) => [name, ws, command])).toEqual([
      ['A', 'MASTER', 'sleep 2'],
      ['B', 'MASTER', 'sleep 2'],
    ]);
    expect(stderr).toBe('my-flow.json: 2 tasks and 1 dependencies in MASTER#MY-FLOW\n');
    expect(result).toEqual({
      data: {
        imported: [
          {
            file: 'my-flow.json',
            streams: ['MASTER#MY-FLOW'],
            tasks: 2,
            dependencies: 1,
            joins: 0,
          },
        ],
      },
      text: '',
    });
  });

  it('makes one plan of several files, a stream of each, with names of their own', async () => {
    const files = [workflow('one.json', ['a']), workflow('two.json', ['a'])];
    const { stdout } = await run(files, { stream: 'flow', on: 'ftaa, master' });
    const { streams } = parseDefinitions(stdout, 'plan.yaml', TOPOLOGY);
    expect(streams.map(({ ws, name }) => `${ws}#${name}`)).toEqual(['FTAA#FLOW', 'FTAA#FLOW_2']);
  });

  it('spreads tasks, scales times and fills in the command as it is told', async () => {
    const { stdout } = await run([workflow('w.json', ['a', 'b', 'c'])], {
      on: 'FTAA,MASTER',
      timeScale: '0.5',
      command: 'sleep {seconds}; echo {job}',
    });
    const { streams } = parseDefinitions(stdout, 'plan.yaml', TOPOLOGY);
    expect(streams[0]?.jobs.map(({ ws, command }) => `${ws}: ${command}`)).toEqual([
      'FTAA: sleep 1000; echo A',
      'MASTER: sleep 1000; echo B',
      'FTAA: sleep 1000; echo C',
    ]);
  });

  it('writes a new file, and none that is there already', async () => {
    const file = workflow('w.json', ['a']);
    const { stdout, result } = await run([file], { out: 'plan.yaml' });
    expect(stdout).toBe('');
    expect(result.text).toBe(
      'w.json: 1 tasks and 0 dependencies in MASTER#W\nwritten to plan.yaml',
    );
    const written = readFileSync(join(folder, 'plan.yaml'), 'utf8');
    expect(parseDefinitions(written, 'plan.yaml', TOPOLOGY).streams).toHaveLength(1);
    writeFileSync(join(folder, 'plan.yaml'), 'by hand');
    await expect(run([file], { out: 'plan.yaml' })).rejects.toThrow(/cannot write .*EEXIST/);
    expect(readFileSync(join(folder, 'plan.yaml'), 'utf8')).toBe('by hand');
  });

  it.each([
    ['another format', {}, { format: 'dax' }, '"dax" is no known format: wfcommons'],
    ['an unknown workstation', { on: 'MASTER,FTAB' }, {}, 'there is no workstation "FTAB"'],
    [
      'a host that is no workstation',
      {},
      { host: 'elsewhere' },
      'no workstation has the node elsewhere',
    ],
    [
      'a scale that is no number',
      { timeScale: 'fast' },
      {},
      '--time-scale must be a number from 0',
    ],
    ['a scale below zero', { timeScale: '-1' }, {}, '--time-scale must be a number from 0'],
    ['a bad name', { stream: '1st' }, {}, '"1st" is no name of a stream'],
  ])('refuses %s', async (_what, options, where, message) => {
    await expect(run([workflow('w.json', ['a'])], options, where)).rejects.toThrow(message);
  });

  it('names the file that it cannot read', async () => {
    writeFileSync(join(folder, 'bad.json'), '{"workflow": {"tasks": "none"}}');
    await expect(run(['gone.json'])).rejects.toThrow(/import: cannot read .*gone\.json: ENOENT/);
    const files = [workflow('good.json', ['a']), 'bad.json'];
    await expect(run(files)).rejects.toThrow(
      'bad.json cannot be imported: workflow.tasks: Invalid type',
    );
  });

  it('refuses workflows that are too much for one plan together', async () => {
    const file = workflow(
      'w.json',
      Array.from({ length: 300 }, (_, at) => `t${at}`),
    );
    const command = `echo ${'x'.repeat(60_000)}`;
    await expect(run([file, file], { command })).rejects.toThrow('25165824 characters at most');
  });
});
