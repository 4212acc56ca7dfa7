import { toSvg } from '../plots/line-plot.ts';
import type { Pair } from './pair.ts';
import { type Latencies, perSecond, SHAPE, type Stretch } from './shape.ts';

/** Events in one commit of the producer. */
const BATCHES = [1, 3, 10, 30, 100, 300, 1_000];
const LOADS = [1_000, 3_000, 10_000, 30_000, 60_000, 100_000, 150_000];
const FOR_MS = 3_000;

/** Rates of the peers in events a second, of the same run. */
export type PeerRates = Readonly<Partial<Record<'jetstream' | 'redis', number>>>;

/** Throughput against batch size and latency against load, as SVG by file name. */
export async function drawPlots(
  pair: Pair,
  peers: PeerRates,
  progress: (line: string) => void,
): Promise<Readonly<Record<string, string>>> {
  const rates: [number, number][] = [];
  for (const batchRecords of BATCHES) {
    const stretch = await pair.order<Stretch>({ kind: 'top-speed', batchRecords, forMs: FOR_MS });
    rates.push([batchRecords, Math.round(perSecond(stretch))]);
    progress(`${batchRecords} events a commit: ${Math.round(perSecond(stretch))}/s`);
  }
  const loads: Latencies[] = [];
  for (const eventsPerS of LOADS) {
    const latencies = await pair.order<Latencies>({ kind: 'at-rate', eventsPerS, forMs: FOR_MS });
    loads.push(latencies);
    progress(`${eventsPerS} events/s: p99 ${latencies.p99Ms.toFixed(1)} ms`);
  }
  const level = (name: string, rate: number) => ({
    name,
    dashed: true,
    points: [BATCHES[0], BATCHES.at(-1)].map((batch) => [batch ?? 1, rate] as const),
  });
  return {
    'events-throughput.svg': toSvg({
      title: 'Events from host to host',
      subtitle: `${SHAPE.recordBytes} B each, on disk on both sides; brokers have ${SHAPE.inFlight} under way`,
      x: 'events in one commit',
      y: 'events a second',
      scale: { x: 'log', y: 'value' },
      lines: [
        { name: 'ftctl, mutual TLS', points: rates },
        ...(peers.jetstream ? [level('NATS JetStream', peers.jetstream)] : []),
        ...(peers.redis ? [level('Redis Streams, appendfsync always', peers.redis)] : []),
      ],
    }),
    'events-latency.svg': toSvg({
      title: 'From append to durable acknowledgement',
      subtitle: `${SHAPE.recordBytes} B events at a fixed rate, on disk on both sides`,
      x: 'events a second',
      y: 'milliseconds',
      scale: { x: 'log', y: 'log' },
      lines: [
        { name: 'p50', points: loads.map(({ eventsPerS, p50Ms }) => [eventsPerS, p50Ms]) },
        { name: 'p99', points: loads.map(({ eventsPerS, p99Ms }) => [eventsPerS, p99Ms]) },
      ],
    }),
  };
}
