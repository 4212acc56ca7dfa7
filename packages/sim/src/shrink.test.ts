import { expect, test } from 'vitest';
import type { FaultPlan } from './faults.ts';
import { Extent, type Reduction } from './reduction.ts';
import { describeShrunk, shrinkRun } from './shrink.ts';
import type { RunOutcome } from './simulation.ts';

const HOSTS = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
const plan: FaultPlan = {
  faults: HOSTS.map((host, index) => ({ atMs: index * 100, kind: 'pause', host, forMs: 80.5 })),
  durationMs: 1_000,
  quietMs: 0,
};

/** A run that costs nothing, and fails as `fails` says. */
function player(fails: (extent: Extent) => string | undefined) {
  let runs = 0;
  const play = async (reduction: Reduction): Promise<RunOutcome> => {
    runs += 1;
    const extent = new Extent(reduction);
    extent.take(plan, 0);
    for (let now = 0; now < 1_000; now += 10) extent.takeWork(now);
    const problem = fails(extent);
    return {
      seed: 1,
      reduction,
      problems: problem === undefined ? [] : [problem],
      excerpt: [],
      planned: extent.planned,
      faultsEndMs: extent.faultsEndMs,
      workDone: extent.workDone,
      digest: '',
      virtualMs: 0,
    };
  };
  return { play, runs: () => runs };
}

const happens = (extent: Extent, ...numbers: number[]) =>
  numbers.every((number) => extent.planned[number - 1]?.happens);

test('two faults and some work are found among many', async () => {
  const { play } = player((extent) =>
    happens(extent, 3, 6) && extent.workDone >= 7 ? `lost: ${extent.workDone} things` : undefined,
  );
  const shrunk = await shrinkRun(play, await play({}));
  expect(shrunk.ended).toBe('nothing smaller fails');
  const { outcome } = shrunk;
  expect(outcome.planned.filter((fault) => fault.happens).map(({ number }) => number)).toEqual([
    3, 6,
  ]);
  expect(outcome.workDone).toBe(7);
  const faults = outcome.planned.filter((fault) => fault.happens).map(({ fault }) => fault);
  expect(faults).toMatchObject([
    { atMs: 0, forMs: 0 },
    { atMs: 0, forMs: 0 },
  ]);
  const lines = describeShrunk('x', shrunk).join('\n');
  expect(lines).toContain('faults 7 -> 2, lasting 564 -> 0 ms');
  expect(lines).toMatch(
    /tried fewer faults \d+, an earlier end \d+, less work \d+, smaller faults/,
  );
});

test('a fault that takes a certain time keeps it', async () => {
  const long = (extent: Extent) =>
    extent.planned.some(({ fault, happens: does }) => does && 'forMs' in fault && fault.forMs > 40);
  const { play } = player((extent) => (long(extent) ? 'lost: one' : undefined));
  const { outcome } = await shrinkRun(play, await play({}));
  const [left, ...rest] = outcome.planned.filter((fault) => fault.happens);
  expect(rest).toEqual([]);
  expect(left?.fault).toMatchObject({ forMs: 41 });
});

test('a variant that fails in another way is not taken', async () => {
  const { play } = player((extent) => {
    if (happens(extent, 2)) return `lost: item ${extent.workDone} is gone`;
    return 'FT_SIM_NOT_IN_TIME: nothing moved for 60 ms';
  });
  const { outcome } = await shrinkRun(play, await play({}));
  expect(outcome.problems[0]).toMatch(/^lost: /);
  expect(outcome.planned.filter((fault) => fault.happens)).toHaveLength(1);
});

test('it ends at the most runs with the best so far', async () => {
  const { play, runs } = player((extent) => (happens(extent, 3) ? 'lost: one' : undefined));
  const shrunk = await shrinkRun(play, await play({}), { maxRuns: 4 });
  expect(shrunk).toMatchObject({ tried: 4, ended: 'most runs' });
  expect(runs()).toBe(5);
  expect(shrunk.outcome.planned.filter((fault) => fault.happens).length).toBeLessThan(7);
  const late = await shrinkRun(play, await play({}), { maxMs: 0 });
  expect(late).toMatchObject({ tried: 0, ended: 'most time' });
});
