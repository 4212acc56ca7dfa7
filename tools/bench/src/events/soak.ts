import { setTimeout as sleep } from 'node:timers/promises';
import { ownMemoryMb } from '../host/proc.ts';
import { type LinePlot, toSvg } from '../plots/line-plot.ts';
import { median } from '../statistics.ts';
import type { Pair } from './pair.ts';
import type { Latencies } from './shape.ts';

const SAMPLE_MS = 5_000;
const MINUTE_MS = 60_000;

export interface Soak {
  readonly minutes: number;
  readonly latencies: Latencies;
  /** Own memory in MB, without mapped files, in the second minute and in the last one. */
  readonly senderMb: readonly [early: number, late: number];
  readonly receiverMb: readonly [early: number, late: number];
  /** What the larger of both grew by between, as a fraction. */
  readonly growth: number;
  readonly svg: string;
}

interface Sample {
  readonly atMs: number;
  readonly senderMb: number;
  readonly receiverMb: number;
}

/**
 * Half of top speed for some minutes, memory of both hosts watched. The first
 * minute does not count: memory rises there to what the work needs.
 */
export async function soak(
  pair: Pair,
  eventsPerS: number,
  minutes: number,
  progress: (line: string) => void,
): Promise<Soak> {
  const samples: Sample[] = [];
  const startedMs = performance.now();
  const forMs = minutes * MINUTE_MS;
  let over = false;
  const sent = pair.order<Latencies>({ kind: 'at-rate', eventsPerS, forMs }).finally(() => {
    over = true;
  });
  while (!over) {
    await Promise.race([sleep(SAMPLE_MS), sent]);
    const sample = {
      atMs: performance.now() - startedMs,
      senderMb: await ownMemoryMb(pair.senderPid),
      receiverMb: await ownMemoryMb(pair.receiverPid),
    };
    samples.push(sample);
    const { senderMb, receiverMb, atMs } = sample;
    progress(
      `soak, ${Math.round(atMs / 1_000)} s: sender ${Math.round(senderMb)} MB, receiver ${Math.round(receiverMb)} MB`,
    );
  }
  const latencies = await sent;
  const between = (side: 'senderMb' | 'receiverMb'): readonly [number, number] => [
    middle(samples, side, MINUTE_MS, 2 * MINUTE_MS),
    middle(samples, side, forMs - MINUTE_MS, Number.POSITIVE_INFINITY),
  ];
  const [senderMb, receiverMb] = [between('senderMb'), between('receiverMb')];
  const growth = Math.max(...[senderMb, receiverMb].map(([early, late]) => late / early - 1));
  return { minutes, latencies, senderMb, receiverMb, growth, svg: toSvg(plotOf(samples)) };
}

function middle(
  samples: readonly Sample[],
  side: 'senderMb' | 'receiverMb',
  fromMs: number,
  toMs: number,
): number {
  const within = samples.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
  return median(within.map((sample) => sample[side]));
}

function plotOf(samples: readonly Sample[]): LinePlot {
  const line = (name: string, side: 'senderMb' | 'receiverMb') => ({
    name,
    points: samples.map((sample) => [sample.atMs / MINUTE_MS, sample[side]] as const),
    plain: true,
  });
  return {
    title: 'Memory over time',
    subtitle: 'at half of top speed, without mapped files',
    x: 'minutes',
    y: 'megabytes',
    scale: { x: 'value', y: 'value' },
    lines: [line('sender', 'senderMb'), line('receiver', 'receiverMb')],
  };
}
