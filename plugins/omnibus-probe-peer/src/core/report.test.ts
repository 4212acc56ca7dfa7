import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MAX_REPORTS_PER_BEAT, type MasterBeat, masterBeatCodec } from './records.ts';
import { readReports, writeReports } from './report.ts';
import type { Sighting } from './sighting.ts';

const NOW = 1_790_000_000_000;
const base = { incarnation: 'a'.repeat(32), intervalMs: 2_000 };

it('reads what it wrote, to the millisecond', () => {
  const sighting = fc.record({
    print: fc.stringMatching(/^[0-9a-f]{16}$/),
    from: fc.double({ min: NOW, max: NOW + 1e7, noNaN: true }),
    width: fc.double({ min: 0, max: 1e5, noNaN: true }),
    stamp: fc.option(fc.integer({ min: 0, max: NOW }), { nil: undefined }),
    seq: fc.integer({ min: 8, max: 1_000 }),
  });
  fc.assert(
    fc.property(fc.array(sighting, { maxLength: 20 }), (raw) => {
      const written = raw.map(({ width, stamp, ...rest }): Sighting => {
        const known = { ...rest, to: rest.from + width };
        return stamp === undefined ? known : { ...known, stamp };
      });
      const beat = { ...base, after: 7, upTo: 1_000, ...writeReports(written, 7) };
      const read = readReports(masterBeatCodec.decode(masterBeatCodec.encode(beat)));
      expect(read).toHaveLength(written.length);
      for (const [index, one] of read.entries()) {
        const original = written[index] as Sighting;
        expect(one).toMatchObject({ print: original.print, seq: original.seq });
        expect(one.stamp).toBe(original.stamp);
        expect(Math.abs(one.from - original.from)).toBeLessThanOrEqual(1);
        expect(Math.abs(one.to - original.to)).toBeLessThanOrEqual(1);
      }
    }),
  );
});

it('keeps the longest beat below what a link carries in one', () => {
  const deliveries = Array.from({ length: MAX_REPORTS_PER_BEAT }, (_, index) => ({
    print: 'f'.repeat(16),
    from: NOW + index * 100_000,
    to: NOW + index * 100_000 + 99_999,
    stamp: 0,
    seq: 1_000_000 + index,
  }));
  const beat: MasterBeat = { ...base, after: 0, upTo: 1e15, ...writeReports(deliveries, 0) };
  expect(masterBeatCodec.encode(beat).length).toBeLessThan(16_384);
});
