import type { Benchmark, Measurement } from '../benchmark.ts';
import { type BulkFigures, measureBulk } from './bulk.ts';
import { makeIdentities } from './identity.ts';
import { type Pair, startPair } from './pair.ts';
import { drawPlots } from './plots.ts';
import { type Latencies, SHAPE } from './shape.ts';
import { type Soak, soak } from './soak.ts';
import { measureThroughput, type Throughput } from './throughput.ts';

const NO_SOAK = 'asked for with --soak MINUTES';

/** What a site would run otherwise: a broker. Ours over mutual TLS, and theirs, in one run. */
export const eventsBenchmark: Benchmark = {
  name: 'events',
  summary: 'events from host to host over mutual TLS, against brokers and raw sockets',
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
      meaning: 'by Redis Streams with appendfsync always, pipelined',
      goal: { atLeast: 2 },
    },
    'ack-p99-ms': {
      meaning: 'from append to durable acknowledgement at 10,000 events/s',
      goal: { below: 15 },
    },
    'bulk-vs-tcp': {
      meaning: 'blocks of 512 KiB over a link by the same put together from a raw TCP socket',
      goal: { atLeast: 0.7 },
    },
    'bulk-vs-tls': {
      meaning: 'the same over mutual TLS by a raw TLS socket',
      goal: { atLeast: 0.7 },
    },
    'soak-growth': {
      meaning: 'growth of memory at half of top speed, with --soak; a fraction',
      goal: { below: 0.1 },
    },
  },
  async measure(progress, { plots, soakMinutes }) {
    const { throughput, latencies, tls, pictures, soaked } = await using(
      await startPair(await makeIdentities(['sender', 'receiver'])),
      async (pair) => {
        const throughput = await measureThroughput(pair, progress);
        const latencies = await calmLatencies(pair);
        progress(`at ${latencies.eventsPerS}/s: p99 ${latencies.p99Ms.toFixed(1)} ms`);
        const tls = await measureBulk('TLS', pair, progress);
        const pictures = plots ? await drawPlots(pair, throughput.perS, progress) : {};
        const half = Math.round((throughput.perS.ours ?? 0) / 2);
        const soaked = soakMinutes > 0 ? await soak(pair, half, soakMinutes, progress) : undefined;
        return { throughput, latencies, tls, pictures, soaked };
      },
    );
    const tcp = await using(await startPair(), (pair) => measureBulk('TCP', pair, progress));
    return toMeasurement({ throughput, latencies, tls, tcp, pictures, soaked });
  },
};

async function using<T>(pair: Pair, work: (pair: Pair) => Promise<T>): Promise<T> {
  try {
    return await work(pair);
  } finally {
    await pair.stop();
  }
}

function calmLatencies(pair: Pair): Promise<Latencies> {
  return pair.order({
    kind: 'at-rate',
    eventsPerS: SHAPE.calmEventsPerS,
    forMs: SHAPE.calmMs,
  });
}

function toMeasurement(measured: {
  readonly throughput: Throughput;
  readonly latencies: Latencies;
  readonly tls: BulkFigures;
  readonly tcp: BulkFigures;
  readonly pictures: Readonly<Record<string, string>>;
  readonly soaked: Soak | undefined;
}): Measurement {
  const { throughput, latencies, tls, tcp, pictures, soaked } = measured;
  const { perS, ratios, beats, absent } = throughput;
  const soakContext = soaked && (({ svg: _svg, ...rest }: Soak) => rest)(soaked);
  return {
    figures: {
      'events-per-s': perS.ours ?? 0,
      ...(ratios.jetstream !== undefined && { 'vs-jetstream': ratios.jetstream }),
      ...(ratios.redis !== undefined && { 'vs-redis': ratios.redis }),
      'ack-p99-ms': latencies.p99Ms,
      'bulk-vs-tcp': tcp.ratio,
      'bulk-vs-tls': tls.ratio,
      ...(soaked && { 'soak-growth': soaked.growth }),
    },
    context: {
      shape: SHAPE,
      perS,
      ratios,
      latencies,
      beatsAtTopSpeed: beats,
      bulkTcp: tcp,
      bulkTls: tls,
      ...(soakContext && { soak: soakContext }),
    },
    plots: { ...pictures, ...(soaked && { 'events-memory.svg': soaked.svg }) },
    skipped: {
      ...(soaked === undefined && { 'soak-growth': NO_SOAK }),
      ...(absent.jetstream !== undefined && { 'vs-jetstream': absent.jetstream }),
      ...(absent.redis !== undefined && { 'vs-redis': absent.redis }),
    },
  };
}
