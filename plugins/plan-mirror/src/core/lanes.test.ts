import type { SourceRecord } from '@ftctl/plan/source';
import { describe, expect, it } from 'vitest';
import { laneOf, laneOfStream, MAIN } from './lanes.ts';

const v = { era: 1, n: 1 };
const job = (id: string): SourceRecord => ({
  r: 'event',
  ms: 0,
  e: { k: 'job', id, s: { v, state: 'READY', attempt: 0, priority: 10 } },
});
const added = (...ids: readonly string[]): SourceRecord => ({
  r: 'event',
  ms: 0,
  e: {
    k: 'add',
    prompts: [],
    streams: ids.map((id) => ({
      id,
      ws: 'A',
      name: 'S',
      jobs: [],
      follows: [],
      priority: 10,
      prompts: [],
    })),
    jobs: [],
  },
});

/** Streams whose lanes are others. */
const ONE = 'A#S1.1';
const OTHER = ['A#S2.1', 'A#S3.1', 'A#S4.1', 'A#S5.1'].find(
  (stream) => laneOfStream(stream, 4) !== laneOfStream(ONE, 4),
) as string;

describe('lanes', () => {
  it('a stream and its jobs are of one lane, whatever changes', () => {
    const lane = laneOfStream(ONE, 4);
    expect(lane).toBeGreaterThan(MAIN);
    expect(laneOf(job(`${ONE}.J`), 4)).toBe(lane);
    expect(laneOf({ r: 'gone', key: `job/${ONE}.J` }, 4)).toBe(lane);
    expect(laneOf({ r: 'gone', key: `stream/${ONE}` }, 4)).toBe(lane);
    expect(laneOf(added(ONE), 4)).toBe(lane);
  });

  it('what touches several lanes holds up all', () => {
    expect(laneOf(added(ONE, OTHER), 4)).toBe('barrier');
    expect(laneOf(added(ONE, OTHER), 1)).toBe(1);
  });

  it('the network is of the main lane', () => {
    const s = { v, linked: true };
    expect(laneOf({ r: 'event', ms: 0, e: { k: 'linked', ws: 'A', s } }, 4)).toBe(MAIN);
    expect(laneOf({ r: 'resync', why: 'full' }, 4)).toBe(MAIN);
  });

  it('streams are spread over all lanes', () => {
    const counts = new Array<number>(5).fill(0);
    for (let n = 0; n < 4_000; n += 1) {
      const lane = laneOfStream(`FTA${n % 50}#STREAM${n}.1`, 4);
      counts[lane] = (counts[lane] ?? 0) + 1;
    }
    expect(counts[MAIN]).toBe(0);
    for (const count of counts.slice(1)) expect(count).toBeGreaterThan(700);
  });
});
