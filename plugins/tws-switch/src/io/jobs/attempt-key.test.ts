import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attemptKey, attemptsAmong } from './attempt-key.ts';

describe('the key of an attempt', () => {
  it('can be read by people', () => {
    expect(attemptKey({ job: 'FTA1A#NIGHT.3.LOAD', attempt: 2 })).toBe('FTA1A%23NIGHT.3.LOAD@2');
  });

  it('is a plain file name of its own for every job and attempt, whatever the case', () => {
    const id = fc.record({
      job: fc.oneof(
        fc.string({ minLength: 1, unit: 'binary' }),
        fc.string({
          minLength: 1,
          maxLength: 4,
          unit: fc.constantFrom('a', 'A', '.', '/', '%', '@', '1'),
        }),
        fc.string({ minLength: 150, maxLength: 400, unit: fc.constantFrom('A', 'B', '~') }),
      ),
      attempt: fc.integer({ min: 1, max: 30 }),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(id, { selector: ({ job, attempt }) => `${attempt} ${job}` }),
        (ids) => {
          const keys = ids.map(attemptKey);
          expect(new Set(keys.map((key) => key.toLowerCase())).size).toBe(ids.length);
          for (const key of keys) {
            expect(key).toMatch(/^[A-Z0-9%_~-][\w.%~-]*@\d+$/);
            expect(key.length).toBeLessThan(200);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('refuses what cannot be one', () => {
    for (const [job, attempt] of [
      ['', 1],
      ['A', 0],
      ['A', 1.5],
      ['A', -1],
      ['\ud800', 1],
    ] as const) {
      expect(() => attemptKey({ job, attempt })).toThrow(
        expect.objectContaining({ code: 'FT_JOB_NAME' }),
      );
    }
  });

  it('finds the attempts of one job among files of others', () => {
    const names = ['A@1.log', 'A@10.log', 'A@2.log', 'AB@3.log', 'A@4.claim', 'A@x.log', 'A@.log'];
    expect(attemptsAmong(names, 'A', '.log')).toEqual([1, 2, 10]);
  });
});
