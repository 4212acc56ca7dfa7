import { expect, it } from 'vitest';
import { Backoff } from './backoff.ts';

/** Copies wanted without a pause for so long, and when they are taken. */
function copiesWithin(ms: number, planAt: (now: number) => string): readonly number[] {
  const backoff = new Backoff();
  const taken: number[] = [];
  for (let now = 0; now < ms; now += 100) {
    if (backoff.wait(now, planAt(now)) > 0) continue;
    backoff.taken(now, planAt(now));
    taken.push(now);
  }
  return taken;
}

it('copies of one plan in a row wait twice as long each time, up to five minutes', () => {
  const taken = copiesWithin(30 * 60_000, () => 'one');
  expect(taken.slice(0, 5)).toEqual([0, 1_000, 3_000, 7_000, 15_000]);
  const gaps = taken.slice(1).map((at, index) => at - (taken[index] ?? 0));
  expect(Math.max(...gaps)).toBe(5 * 60_000);
});

it('the first copy of another plan does not wait', () => {
  const taken = copiesWithin(6_000, (now) => (now < 5_000 ? 'one' : 'two'));
  expect(taken).toEqual([0, 1_000, 3_000, 5_000]);
});

it('one that has lasted does not make the next one wait', () => {
  const backoff = new Backoff();
  for (const now of [0, 1_000, 3_000]) backoff.taken(now, 'one');
  expect(backoff.wait(3_500, 'one')).toBe(3_500);
  expect(backoff.wait(20 * 60_000, 'one')).toBe(0);
});

it('one by hand does not wait', () => {
  const backoff = new Backoff();
  backoff.taken(0, 'one');
  backoff.taken(1_000, 'one');
  backoff.forgive();
  expect(backoff.wait(1_001, 'one')).toBe(0);
});
