import { describe, expect, it } from 'vitest';
import { scheduleOf, type Timed } from './critical-path.ts';

const job = (
  id: string,
  follows: string[],
  startMs: number | null,
  endMs: number | null,
): Timed => ({
  id,
  follows: follows.map((one) => ({ kind: 'job', id: one })),
  state: endMs === null ? 'HOLD' : 'SUCC',
  startMs,
  endMs,
});

describe('the critical path of a stream', () => {
  it('goes through whoever ended last before the next could begin', () => {
    const jobs = [
      job('D', ['B', 'C'], 60, 70),
      job('A', [], 0, 10),
      job('B', ['A'], 10, 20),
      job('C', ['A'], 10, 60),
    ];
    expect(scheduleOf(jobs, 100).critical).toEqual(['A', 'C', 'D']);
  });

  it('guesses what has not ended: as long as half of the others took, after what it follows', () => {
    const jobs = [job('A', [], 0, 10), job('B', ['A'], 10, 40), job('C', ['B'], null, null)];
    const { jobs: planned, critical } = scheduleOf([...jobs, job('D', ['C'], null, null)], 50);
    expect(planned.get('C')).toEqual({ startMs: 50, endMs: 80, isGuess: true });
    expect(planned.get('D')).toEqual({ startMs: 80, endMs: 110, isGuess: true });
    expect(critical).toEqual(['A', 'B', 'C', 'D']);
  });

  it('ends for a circle, for a chain of 20,000 and for nothing', () => {
    expect(scheduleOf([], 0).critical).toEqual([]);
    const circle = [job('A', ['B'], null, null), job('B', ['A'], null, null)];
    expect(scheduleOf(circle, 0).jobs.size).toBe(2);
    const chain = Array.from({ length: 20_000 }, (_, n) =>
      job(`J${n}`, n === 0 ? [] : [`J${n - 1}`], null, null),
    ).reverse();
    expect(scheduleOf(chain, 0).critical).toHaveLength(20_000);
  });
});
