import type { Benchmark } from '../benchmark.ts';
import { SHAPE } from './append-shape.ts';
import { appendVsRaw } from './append-vs-raw.ts';
import { hostFigures } from './host-figures.ts';

const NO_PROC = 'needs /proc, which this system does not have';

/** What the host itself costs: its store against raw lmdb, its command line, a plugin's start. */
export const hostBenchmark: Benchmark = {
  name: 'host',
  summary: 'durable appends against raw lmdb, ftctl status, start of a plugin, memory of the host',
  figures: {
    'append-vs-raw': {
      meaning: 'durable 200 B appends of the store by those of raw lmdb, same run',
      goal: { atLeast: 0.5 },
    },
    'status-s': { meaning: 'ftctl status, the whole command', goal: { below: 0.3 } },
    'ready-s': { meaning: 'from fork to a plugin that is ready', goal: { below: 0.6 } },
    'host-rss-mb': { meaning: 'resident memory of the host process', goal: { below: 80 } },
  },
  async measure(progress) {
    const appends = await appendVsRaw(progress);
    const { statusS, readyS, rssMb } = await hostFigures(progress);
    return {
      figures: {
        'append-vs-raw': appends.ratio,
        'status-s': statusS,
        ...(readyS !== undefined && { 'ready-s': readyS }),
        ...(rssMb !== undefined && { 'host-rss-mb': rssMb }),
      },
      context: {
        appends: {
          ...SHAPE,
          storePerS: Math.round(appends.storePerS),
          rawPerS: Math.round(appends.rawPerS),
        },
      },
      skipped: {
        ...(readyS === undefined && { 'ready-s': NO_PROC }),
        ...(rssMb === undefined && { 'host-rss-mb': NO_PROC }),
      },
    };
  },
};
