import { expect, test } from 'vitest';
import { parseOptions } from './options.ts';

test('a name alone runs seeds 1 to 100', () => {
  expect(parseOptions(['store'])).toEqual({ name: 'store', runs: 100, seed: 1 });
});

test('runs and seed are taken, `fresh` draws a seed', () => {
  expect(parseOptions(['link', '--runs', '7', '--seed', '12'])).toEqual({
    name: 'link',
    runs: 7,
    seed: 12,
  });
  expect(parseOptions(['link', '--seed', 'fresh']).seed).toBeGreaterThan(0);
});

test('what makes no sense is refused', () => {
  for (const args of [[], ['a', 'b'], ['a', '--runs', '0'], ['a', '--seed', 'x'], ['a', '--no']]) {
    expect(() => parseOptions(args)).toThrow();
  }
});
