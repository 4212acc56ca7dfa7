import { expect, test } from 'vitest';
import { parseOptions } from './options.ts';

const ALL = { reduction: {}, shrink: true, json: false };

test('a name alone runs seeds 1 to 100', () => {
  expect(parseOptions(['store'])).toEqual({ ...ALL, name: 'store', runs: 100, seed: 1 });
});

test('runs and seed are taken, a seed alone is one run, `fresh` draws a seed', () => {
  expect(parseOptions(['link', '--runs', '7', '--seed', '12'])).toMatchObject({
    runs: 7,
    seed: 12,
  });
  expect(parseOptions(['link', '--seed', '12'])).toMatchObject({ runs: 1, seed: 12 });
  const fresh = parseOptions(['link', '--seed', 'fresh']);
  expect(fresh?.runs).toBe(100);
  expect(fresh?.seed).toBeGreaterThan(0);
});

test('with a time as many runs as fit', () => {
  expect(parseOptions(['link', '--time', '0.5'])).toMatchObject({ minutes: 0.5, runs: 1_000_000 });
});

test('a reduction is taken as it was printed, and is not made smaller again', () => {
  const args = ['link', '--seed', '3', '--keep-faults', '2,5', '--change', '2.forMs=50,5.calls=1'];
  expect(parseOptions([...args, '--until', '4000', '--work', '12'])).toMatchObject({
    reduction: {
      keepFaults: [2, 5],
      changes: { 2: { forMs: 50 }, 5: { calls: 1 } },
      untilMs: 4000,
      work: 12,
    },
    shrink: false,
  });
  expect(parseOptions(['link', '--keep-faults', 'none'])?.reduction).toEqual({ keepFaults: [] });
});

test('--no-shrink, --json and --history are taken, --help answers nothing', () => {
  const args = ['link', '--seed', '4', '--no-shrink', '--json', '--history', 'h.jsonl'];
  expect(parseOptions(args)).toMatchObject({ shrink: false, json: true, historyFile: 'h.jsonl' });
  expect(parseOptions(['--help'])).toBeUndefined();
});

test('what makes no sense is refused', () => {
  const wrong = ['--runs 0', '--seed x', '--no', '--keep-faults 0', '--change 2.x=1', '--time 0'];
  for (const args of [[], ['a', 'b'], ...wrong.map((text) => ['a', ...text.split(' ')])]) {
    expect(() => parseOptions(args), args.join(' ')).toThrow();
  }
  expect(() => parseOptions(['a', '--history', 'f'])).toThrow('--history takes one run');
});
