import { expect, test } from 'vitest';
import type { FaultPlan } from './faults.ts';
import { Extent, replayOptions } from './reduction.ts';

const plan: FaultPlan = {
  faults: [
    { atMs: 100, kind: 'crash', host: 'a', forMs: 500 },
    { atMs: 800, kind: 'clock-jump', host: 'a', byMs: 5 },
    { atMs: 900, kind: 'crash-in-step', host: 'a', calls: 9, forMs: 50 },
  ],
  durationMs: 1_000,
  quietMs: 300,
};

test('without a reduction all of a plan happens', () => {
  const extent = new Extent();
  expect(extent.take(plan, 200)).toEqual(plan);
  expect(extent.planned.map(({ number, happens }) => [number, happens])).toEqual([
    [1, true],
    [2, true],
    [3, true],
  ]);
  expect(extent.faultsEndMs).toBe(1_200);
});

test('faults are left out and changed by their number, also those of a second plan', () => {
  const reduction = { keepFaults: [3, 4], changes: { 3: { calls: 1, atMs: 10 } } };
  const extent = new Extent(reduction);
  expect(extent.take(plan, 0).faults).toEqual([
    { atMs: 10, kind: 'crash-in-step', host: 'a', calls: 1, forMs: 50 },
  ]);
  expect(extent.take(plan, 2_000).faults).toEqual([plan.faults[0]]);
});

test('an earlier end cuts faults short, and leaves out those that come after it', () => {
  const extent = new Extent({ untilMs: 350 });
  const taken = extent.take(plan, 50);
  expect(taken).toMatchObject({ durationMs: 300, quietMs: 300 });
  expect(taken.faults).toEqual([{ atMs: 100, kind: 'crash', host: 'a', forMs: 200 }]);
});

test('work ends after so many pieces, or at the end, for good', () => {
  const few = new Extent({ work: 2 });
  expect([few.takeWork(1), few.takeWork(2), few.takeWork(3)]).toEqual([true, true, false]);
  const early = new Extent({ untilMs: 10 });
  expect([early.takeWork(9), early.takeWork(10)]).toEqual([true, false]);
  expect([few.workDone, early.workDone]).toEqual([2, 1]);
});

test('a reduction is printed as the options that give it again', () => {
  expect(replayOptions({})).toBe('');
  expect(replayOptions({ keepFaults: [] })).toBe(' --keep-faults none');
  const changes = { 2: { forMs: 5, calls: 1 }, 7: { atMs: 1 } };
  expect(replayOptions({ keepFaults: [2, 3], changes, untilMs: 40, work: 6 })).toBe(
    ' --keep-faults 2,3 --change 2.forMs=5,2.calls=1 --until 40 --work 6',
  );
});
