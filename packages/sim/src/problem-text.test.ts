import { expect, test } from 'vitest';
import { kindOfProblem } from './problem-text.ts';

test('two problems are of one kind when they differ in times, numbers and names of items', () => {
  const same = [
    ['lost: event abc was acknowledged once', 'lost: event xyz was acknowledged 2 times'],
    ['at 12.5 ms: a was told that b has 3', 'at 9000 ms: a was told that b has 17'],
    ['Error: boom 1\n    at one.ts:3', 'Error: boom 2\n    at two.ts:4'],
    ['FT_SIM_NOT_IN_TIME: after 60 ms', 'FT_SIM_NOT_IN_TIME: after 70 ms'],
  ] as const;
  for (const [one, other] of same) expect(kindOfProblem(one)).toBe(kindOfProblem(other));
});

test('and of two when they do not begin alike', () => {
  const kinds = [
    'lost: event abc',
    'twice: event abc',
    'Error: boom',
    'Error: bang',
    'probe on a failed: Error: boom',
  ].map(kindOfProblem);
  expect(new Set(kinds).size).toBe(kinds.length);
});
