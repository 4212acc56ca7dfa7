import type { Report } from './cache.ts';
import type { MasterBeat, WrittenReport } from './records.ts';
import type { Sighting } from './sighting.ts';

/** How deliveries are written into a beat: relative and in whole milliseconds, to be short. */
export function writeReports(
  deliveries: readonly Sighting[],
  after: number,
): Pick<MasterBeat, 'baseMs' | 'reports'> {
  const baseMs = Math.floor(deliveries[0]?.from ?? 0);
  const reports = deliveries.map(({ print, from, to, stamp, seq }): WrittenReport => {
    const fromMs = Math.floor(from) - baseMs;
    const widthMs = Math.ceil(to) - Math.floor(from);
    const stampMs = stamp === undefined ? null : Math.round(stamp) - baseMs;
    return [print, fromMs, widthMs, stampMs, seq - after];
  });
  return { baseMs, reports };
}

/** The deliveries that a beat reports. */
export function readReports(beat: MasterBeat): readonly Report[] {
  return beat.reports.map(([print, fromMs, widthMs, stampMs, offset]) => {
    const from = beat.baseMs + fromMs;
    const { incarnation } = beat;
    const known = { incarnation, print, from, to: from + widthMs, seq: beat.after + offset };
    return stampMs === null ? known : { ...known, stamp: beat.baseMs + stampMs };
  });
}
