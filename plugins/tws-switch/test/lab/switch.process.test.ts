import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importWorkflow, renderDefinitions } from '@ftctl/plan/files';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { figure3, TwsLab } from './tws-lab.ts';

interface Jobs {
  readonly rows: readonly { readonly id: string; readonly state: string }[];
}

const TASKS = 60;

/** Layers of ten tasks, each after one of the layer before: like a workflow, when no real one is at hand. */
function generatedWorkflow(): string {
  const tasks = Array.from({ length: TASKS }, (_, at) => ({
    id: `task_${at}`,
    parents: at < 10 ? [] : [`task_${at - 10}`],
  }));
  const measured = tasks.map(({ id }) => ({ id, runtimeInSeconds: 300 }));
  return JSON.stringify({
    schemaVersion: '1.5',
    workflow: { specification: { tasks }, execution: { tasks: measured } },
  });
}

describe('Figure 3 while the domain manager dies', () => {
  let lab: TwsLab;
  let folder: string;
  let lines: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ftctl-lines-'));
    lines = join(folder, 'lines');
    const { definitions } = importWorkflow(generatedWorkflow(), {
      file: 'generated.json',
      workstations: ['FTA1A', 'FTAA', 'DM1', 'FS1A', 'MASTER', 'FSA'],
      timeScale: 0.002,
      command: `sleep {seconds}; echo "$UNISON_JOB" >> ${lines}`,
    });
    const topology = (await figure3()).replace(
      'DM1: { parent: MASTERDM }',
      'DM1: { parent: MASTERDM, automaticSwitch: on }',
    );
    lab = await TwsLab.start({ topology, plan: renderDefinitions(definitions) });
  });

  afterAll(async () => {
    await lab?.down();
    await rm(folder, { recursive: true, force: true });
  });

  it('runs every job exactly once over kill -9 and automatic switch', async () => {
    await lab.until<{ rows: { state: string }[] }>('master', ['showcpus', '@!@'], ({ rows }) =>
      rows.every(({ state }) => /^[FL]/.test(state)),
    );
    await lab.tws('master', 'jnextday');
    await lab.until<Jobs>(
      'master',
      ['showjobs'],
      ({ rows }) => rows.filter(({ state }) => state === 'SUCC').length >= 5,
    );
    await lab.lab.host('dm1').kill();
    const killedAt = performance.now();
    await lab.until<{ acting: boolean }>('fs1a', ['showcpus'], ({ acting }) => acting);
    const tookMs = performance.now() - killedAt;
    console.log(`switched, as seen by asking, within ${(tookMs / 1_000).toFixed(1)} s`);
    await lab.lab.host('dm1').start();
    const { rows } = await lab.until<Jobs>(
      'master',
      ['showjobs'],
      (jobs) => jobs.rows.every(({ state }) => state === 'SUCC'),
      60_000,
    );
    expect(rows).toHaveLength(TASKS);
    const written = (await readFile(lines, 'utf8')).trim().split('\n').sort();
    expect(written).toEqual(rows.map(({ id }) => id).sort());
    const seen = await lab.tws<Jobs>('fsa', 'showjobs');
    expect(seen.rows).toEqual(rows);
  });
});
