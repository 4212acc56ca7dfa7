import { definePlugin } from '@ftctl/sdk';
import { expect, test } from 'vitest';
import { defineSimulation, expectSimulation, runSimulation, summaryLine } from '../src/index.ts';

const dice = defineSimulation<number>({
  name: 'dice',
  run: async (world) => world.random.int(4),
  check: (_world, value) => (value === 3 ? ['a three'] : []),
});

test('runs are counted, failures kept with their seed', async () => {
  const seen: number[] = [];
  const report = await runSimulation(dice, {
    seed: 10,
    runs: 20,
    onRun: (outcome) => seen.push(outcome.seed),
  });
  expect(seen).toEqual(Array.from({ length: 20 }, (_, index) => index + 10));
  expect(report.failed).toBeGreaterThan(0);
  expect(report.failures.map((failure) => failure.problems)).toContainEqual(['a three']);
  expect(summaryLine(report)).toBe(`sim dice: 20 runs, ${report.failed} failed, seeds 10..29`);
});

test('what a simulation throws is a failure, and so is a plugin that fails by itself', async () => {
  const broken = definePlugin({
    setup: () => {
      throw new Error('broken plugin');
    },
  });
  const simulation = (mayFail: boolean) =>
    defineSimulation({
      name: 'broken',
      mayFail,
      run: async (world) => {
        world.startPlugin('a', broken, { id: 'broken', config: {} });
        await world.run(100);
      },
      check: () => [],
    });
  const strict = await runSimulation(simulation(false), { seed: 1, runs: 1 });
  expect(strict.failures[0]?.problems[0]).toContain('broken plugin');
  const lenient = await runSimulation(simulation(true), { seed: 1, runs: 1 });
  expect(lenient.failed).toBe(0);
});

test('a problem seen on the way fails the run, and the excerpt shows what came before it', async () => {
  const simulation = defineSimulation({
    name: 'late',
    run: async (world) => {
      for (let n = 0; n < 500; n += 1) {
        world.history.record('step', { n });
        if (n === 100) world.problem('step 100 is wrong');
      }
    },
    check: () => [],
  });
  const { failures } = await runSimulation(simulation, { seed: 1, runs: 1 });
  const text = failures[0]?.excerpt.join('\n') ?? '';
  expect(failures[0]?.problems).toEqual(['at 0 ms: step 100 is wrong']);
  expect(text).toContain('n=99');
  expect(text).not.toContain('n=400');
});

test('in a unit test the first failed run is thrown, with its seed', async () => {
  const failing = expectSimulation(dice, { runs: 50 });
  await expect(failing).rejects.toThrow(/sim dice: seed \d+ failed[\s\S]*replay: npm run sim/);
});
