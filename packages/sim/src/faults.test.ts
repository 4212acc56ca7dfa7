import { expect, test } from 'vitest';
import { describeFault, FAULT_KINDS } from './faults.ts';
import { planFaults } from './plan-faults.ts';
import { SeededRandom } from './random.ts';

const hosts = ['a', 'b', 'c'];

function plans(count: number, options = {}) {
  return Array.from({ length: count }, (_, seed) =>
    planFaults(new SeededRandom(seed), { hosts, ...options }),
  );
}

test('the same seed gives the same plan', () => {
  expect(plans(20)).toEqual(plans(20));
});

test('all faults begin and end within the duration, in order of time', () => {
  for (const { faults, durationMs } of plans(200, { durationMs: 5_000 })) {
    expect(faults.length).toBeGreaterThan(0);
    expect(faults.length).toBeLessThanOrEqual(8);
    const starts = faults.map((fault) => fault.atMs);
    expect(starts).toEqual([...starts].sort((left, right) => left - right));
    for (const fault of faults) {
      const forMs = 'forMs' in fault ? fault.forMs : 0;
      expect(fault.atMs + forMs).toBeLessThanOrEqual(durationMs);
    }
  }
});

test('every kind of fault comes up, on every host', () => {
  const faults = plans(200).flatMap((plan) => plan.faults);
  expect(new Set(faults.map((fault) => fault.kind))).toEqual(new Set(FAULT_KINDS));
  const crashed = faults.flatMap((fault) => (fault.kind === 'crash' ? [fault.host] : []));
  expect(new Set(crashed)).toEqual(new Set(hosts));
});

test('only the kinds asked for come up, and none that needs two hosts on one', () => {
  const some = plans(50, { kinds: ['pause', 'clock-jump'] }).flatMap((plan) => plan.faults);
  expect(new Set(some.map((fault) => fault.kind))).toEqual(new Set(['pause', 'clock-jump']));
  const alone = plans(100, { hosts: ['a'] }).flatMap((plan) => plan.faults);
  expect(alone.filter((fault) => fault.kind === 'cut' || fault.kind === 'isolate')).toEqual([]);
});

test('a fault is described in one line', () => {
  expect(describeFault({ atMs: 5, kind: 'crash', host: 'a', forMs: 2 })).toBe(
    'at 5 ms: crash host=a forMs=2',
  );
});
