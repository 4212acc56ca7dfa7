import { expect, it } from 'vitest';
import type { Benchmark } from '../src/benchmark.ts';
import { toReport, toTable } from '../src/report.ts';
import { median, round } from '../src/statistics.ts';

const benchmark: Benchmark = {
  name: 'sample',
  summary: 'a sample',
  figures: {
    'events-per-s': { meaning: 'events', goal: { atLeast: 100 } },
    'ack-p99-ms': { meaning: 'time to acknowledge', goal: { below: 15 } },
    'cost-bytes': { meaning: 'against doing without', goal: { atMost: 1.3 } },
    'vs-peer': { meaning: 'against the peer', goal: { atLeast: 2 } },
  },
  measure: () => Promise.reject(new Error('not measured here')),
};
const measured = {
  figures: { 'events-per-s': 123.456, 'ack-p99-ms': 20, 'cost-bytes': 1.3 },
  context: { batch: 10 },
  skipped: { 'vs-peer': 'the peer is not installed' },
};

it('reports figures and names those that are absent', () => {
  const report = toReport(benchmark, measured);
  expect(report.name).toBe('sample');
  expect(report.figures).toEqual({ 'events-per-s': 123.5, 'ack-p99-ms': 20, 'cost-bytes': 1.3 });
  expect(report.context.skipped).toEqual(['vs-peer']);
  expect(report.context).toMatchObject({ batch: 10, node: process.version });
});

it('prints a table that tells what was reached and what was not', () => {
  const lines = toTable(benchmark, toReport(benchmark, measured)).split('\n');
  expect(lines).toContain('events-per-s  123.5    >= 100  yes      events');
  expect(lines).toContain('ack-p99-ms    20       < 15    NO       time to acknowledge');
  expect(lines).toContain('cost-bytes    1.3      <= 1.3  yes      against doing without');
  expect(lines).toContain('vs-peer       skipped  >= 2             against the peer');
  expect(lines).toContain('skipped vs-peer: the peer is not installed');
});

it('takes the median', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(() => median([])).toThrow(RangeError);
  expect(round(0.123456)).toBe(0.1235);
});
