import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backOffMs } from './back-off.ts';

const range = { minMs: 50, maxMs: 2_000 };

test('the pause doubles from its least to its most', () => {
  const most = [1, 2, 3, 6, 7, 100].map((failures) => backOffMs(range, failures, 0.999_999));
  expect(most.map(Math.round)).toEqual([50, 100, 200, 1_600, 2_000, 2_000]);
});

test('it is always between half and all of that', () => {
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.nat(10_000), chance, (failures, share) => {
      const pauseMs = backOffMs(range, failures, share);
      expect(pauseMs).toBeGreaterThanOrEqual(25);
      expect(pauseMs).toBeLessThanOrEqual(2_000);
      expect(pauseMs).toBeLessThanOrEqual(2 * backOffMs(range, failures, 0));
    }),
  );
});
