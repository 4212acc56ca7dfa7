import { describe, expect, it } from 'vitest';
import { type Sighting, SightingIndex, sameEvent } from './sighting.ts';

const print = '0123456789abcdef';
const at = (from: number, to = from, stamp?: number): Sighting =>
  stamp === undefined ? { print, from, to, seq: 0 } : { print, from, to, stamp, seq: 0 };
const NOW = 1_700_000_000_000;

describe('sameEvent', () => {
  it('wants the same text', () => {
    expect(sameEvent(at(0), { ...at(0), print: 'fedcba9876543210' })).toBe(false);
  });

  it('wants receptions at the same time', () => {
    expect(sameEvent(at(0, 10), at(200, 210))).toBe(true);
    expect(sameEvent(at(0, 10), at(300, 310))).toBe(false);
    expect(sameEvent(at(300, 310), at(0, 10))).toBe(false);
  });

  it('tells events apart whose stamps differ by more than a sender that crosses a second', () => {
    expect(sameEvent(at(NOW, NOW, NOW), at(NOW, NOW, NOW + 1_000))).toBe(true);
    expect(sameEvent(at(NOW, NOW, NOW), at(NOW, NOW, NOW + 2_000))).toBe(false);
  });

  it('doubts a vague reception unless both have a stamp of that time', () => {
    const vague = at(NOW, NOW + 10_000);
    expect(sameEvent(vague, at(NOW + 5_000))).toBe(false);
    const stamped = at(NOW, NOW + 10_000, NOW + 5_000);
    expect(sameEvent(stamped, at(NOW + 5_000, NOW + 5_000, NOW + 5_000))).toBe(true);
    const old = at(NOW, NOW + 10_000, 5_000);
    expect(sameEvent(old, at(NOW + 5_000, NOW + 5_000, 5_000))).toBe(false);
  });
});

describe('SightingIndex', () => {
  it('takes the nearest of several, so that a missing copy shifts nothing', () => {
    const index = new SightingIndex();
    const seconds = [8_000, 9_000, 10_000].map((stamp) => at(NOW, NOW + 10_000, NOW + stamp));
    for (const sighting of seconds) index.add(sighting);
    expect(index.take(at(NOW + 9_010, NOW + 9_020, NOW + 9_000))).toBe(seconds[1]);
    expect(index.take(at(NOW + 10_010, NOW + 10_020, NOW + 10_000))).toBe(seconds[2]);
    expect(index.take(at(NOW + 8_010, NOW + 8_020, NOW + 8_000))).toBe(seconds[0]);
  });

  it('gives each sighting once, the oldest of equally near ones first', () => {
    const index = new SightingIndex();
    const [first, second] = [at(0), at(100)];
    index.add(first);
    index.add(second);
    expect(index.take(at(50))).toBe(first);
    expect(index.take(at(50))).toBe(second);
    expect(index.take(at(50))).toBeUndefined();
    expect(index.size).toBe(0);
  });
});
