import type { Benchmark } from '../benchmark.ts';
import { measureBulk } from './bulk.ts';
import { startPair } from './pair.ts';
import { drawPlots } from './plots.ts';
import { type Latencies, SHAPE } from './shape.ts';
import { type Soak, soak } from './soak.ts';
import { measureThroughput } from './throughput.ts';

/** What a site would run otherwise: a broker. Ours and theirs in one run. */
export const eventsBenchmark: Benchmark = {
  name: 'events',
  summary: 'events from host to host, durable on both sides, against brokers and raw sockets',
  figures: {
    'events-per-s': {
      meaning: '200 B events from host to host, on disk on both sides',
      goal: { atLeast: 200_000 },
    },
    'vs-jetstream': {
      meaning: 'by the acknowledged publish rate of NATS JetStream, which does not flush each',
      goal: { atLeast: 8 },
    },
    'vs-redis': {
      meaning: 'by Redis Streams with appendfsync always',
      goal: { atLeast: 2 },
    },
    'ack-p99-ms': {
      meaning: 'from append to durable acknowledgement at 10,000 events/s',
      goal: { below: 15 },
    },
    'soak-growth': {
      meaning: 'growth of memory at half of top speed, with --soak; a fraction',
      goal: { below: 0.1 },
    },
    'bulk-vs-tcp': { meaning: 'blocks over a link by blocks over TCP', goal: { atLeast: 0.7 } },
  },
  async measure(progress, options) {
    const pair = await startPair();
    try {
      const { perS, ratios, beats, absent } = await measureThroughput(pair, progress);
      const latencies = await pair.order<Latencies>({
        kind: 'at-rate',
        eventsPerS: SHAPE.calmEventsPerS,
        forMs: SHAPE.measureMs,
      });
      progress(`at ${latencies.eventsPerS}/s: p99 ${latencies.p99Ms.toFixed(1)} ms`);
      const bulk = await measureBulk('TCP', pair, progress);
      const { soakMinutes } = options;
      const plots = options.plots ? await drawPlots(pair, perS, progress) : undefined;
      const soaked =
        soakMinutes > 0
          ? await soak(pair, Math.round((perS.ours ?? 0) / 2), soakMinutes, progress)
          : undefined;
      return {
        figures: {
          'events-per-s': perS.ours ?? 0,
          ...(ratios.jetstream !== undefined && { 'vs-jetstream': ratios.jetstream }),
          ...(ratios.redis !== undefined && { 'vs-redis': ratios.redis }),
          'ack-p99-ms': latencies.p99Ms,
          'bulk-vs-tcp': bulk.ratio,
          ...(soaked && { 'soak-growth': soaked.growth }),
        },
        context: {
          shape: SHAPE,
          perS,
          ratios,
          latencies,
          beatsAtTopSpeed: beats,
          bulk,
          ...(soaked && { soak: withoutPicture(soaked) }),
        },
        plots: { ...plots, ...(soaked && { 'events-memory.svg': soaked.svg }) },
        skipped: {
          ...(soaked === undefined && { 'soak-growth': 'asked for with --soak MINUTES' }),
          ...(absent.jetstream !== undefined && { 'vs-jetstream': absent.jetstream }),
          ...(absent.redis !== undefined && { 'vs-redis': absent.redis }),
        },
      };
    } finally {
      await pair.stop();
    }
  },
};

function withoutPicture({ svg: _svg, ...rest }: Soak): Omit<Soak, 'svg'> {
  return rest;
}
