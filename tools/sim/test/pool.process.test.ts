import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { RunOutcome } from '@ftctl/sim';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleSimulation } from '../src/bundle.ts';
import { runPool } from '../src/pool.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ftctl-pool-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function pool(file: string, runs: number, runLimitMs = 60_000): Promise<RunOutcome[]> {
  const outcomes: RunOutcome[] = [];
  const onRun = (outcome: RunOutcome) => outcomes.push(outcome);
  await runPool({ file, seed: 5, runs, threads: 2, runLimitMs, onRun });
  return outcomes.sort((left, right) => left.seed - right.seed);
}

test('each seed is run once, and a seed gives the same history in any thread', async () => {
  const bundled = await bundleSimulation(ROOT, 'store');
  try {
    const [first, again] = [await pool(bundled.file, 4), await pool(bundled.file, 4)];
    expect(first.map((outcome) => outcome.seed)).toEqual([5, 6, 7, 8]);
    expect(first.flatMap((outcome) => outcome.problems)).toEqual([]);
    expect(again).toEqual(first);
  } finally {
    await bundled.remove();
  }
});

test('a run that hangs or dies has failed, and the others go on', async () => {
  const file = join(folder, 'bad-worker.mjs');
  await writeFile(
    file,
    `import { parentPort } from 'node:worker_threads';
     parentPort.on('message', ({ seed }) => {
       if (seed === 6) for (;;);
       if (seed === 7) process.exit(3);
       if (seed === 8) throw new Error('boom');
       parentPort.postMessage({ seed, problems: [], excerpt: [], digest: '', virtualMs: 0 });
     });`,
  );
  const outcomes = await pool(file, 6, 2_000);
  expect(outcomes.map(({ seed, problems }) => [seed, problems[0] ?? 'good'])).toEqual([
    [5, 'good'],
    [6, 'took longer than 2000 ms'],
    [7, 'the worker ended with 3'],
    [8, 'the worker failed: Error: boom'],
    [9, 'good'],
    [10, 'good'],
  ]);
});
