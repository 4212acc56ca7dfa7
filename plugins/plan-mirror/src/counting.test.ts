import type { Clock } from '@ftctl/sdk';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Counting } from './counting.ts';

const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => Date.now(),
  setTimer: (ms, run) => {
    const timer = setTimeout(run, ms);
    return { cancel: () => clearTimeout(timer) };
  },
};

describe('counting ahead of questions', () => {
  let counts: number;
  let version: { syncid: number; applied: number };
  let failure: Error | undefined;
  let counting: Counting;

  beforeEach(() => {
    vi.useFakeTimers();
    counts = 0;
    version = { syncid: 1, applied: 0 };
    failure = undefined;
    counting = new Counting(clock, {
      async count() {
        if (failure !== undefined) throw failure;
        counts += 1;
        return { run: counts, madeAtMs: 0, streams: {}, jobs: {} };
      },
      version: () => version,
    });
  });
  afterEach(() => {
    counting.stop();
    vi.useRealTimers();
  });

  const asked = async () => (await counting.overview())?.run;
  const passes = (ms: number) => vi.advanceTimersByTimeAsync(ms);

  it('counts once a second while something changes, and answers at once', async () => {
    expect(await asked()).toBe(1);
    for (let second = 1; second <= 3; second += 1) {
      version = { syncid: 1, applied: second };
      await passes(1_000);
      expect(await asked()).toBe(1 + second);
    }
    expect(counts).toBe(4);
  });

  it('does not count what has not changed, nor for nobody', async () => {
    await asked();
    await passes(10_000);
    expect(await asked()).toBe(1);
    await passes(30_000);
    version = { syncid: 1, applied: 9 };
    await passes(60_000);
    expect(counts).toBe(1);
    expect(await asked()).toBe(2);
  });

  it('answers of another copy with another count', async () => {
    await asked();
    version = { syncid: 2, applied: 0 };
    expect(await asked()).toBe(2);
  });

  it('tells the next one who asks why it cannot', async () => {
    await asked();
    failure = new Error('the database is away');
    version = { syncid: 1, applied: 1 };
    await passes(1_000);
    await expect(asked()).rejects.toThrow(/away/);
  });
});
