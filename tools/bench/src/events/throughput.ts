import { median } from '../statistics.ts';
import type { Pair } from './pair.ts';
import { type PeerName, publishTo } from './peers/peer.ts';
import { startJetStream, startRedis } from './peers/servers.ts';
import { type BeatDelays, perSecond, SHAPE, type Stretch } from './shape.ts';

export type Side = 'ours' | PeerName;

export interface Throughput {
  /** Events a second, the median of the rounds; absent when a peer is not there. */
  readonly perS: Readonly<Partial<Record<Side, number>>>;
  /** Medians of the rounds' ratios of ours to each peer. */
  readonly ratios: Readonly<Partial<Record<Side, number>>>;
  /** Beats beside our events, in the last round. */
  readonly beats: BeatDelays;
  /** Why a peer was left out. */
  readonly absent: Readonly<Partial<Record<Side, string>>>;
}

const { batchRecords, warmUpMs, measureMs, rounds } = SHAPE;

/** All sides take turns, so that a slow moment of the disk meets all of them. */
export async function measureThroughput(
  pair: Pair,
  progress: (line: string) => void,
): Promise<Throughput> {
  const sides: Readonly<Record<Side, () => Promise<Stretch>>> = {
    ours: () => topSpeed(pair),
    jetstream: () => publishTo('jetstream', startJetStream, SHAPE),
    redis: () => publishTo('redis', startRedis, SHAPE),
  };
  const rates = new Map<Side, number[]>();
  let beats: BeatDelays = { beats: 0, p50Ms: 0, p99Ms: 0, maxMs: 0 };
  const absent: Partial<Record<Side, string>> = {};
  for (let round = 1; round <= rounds; round += 1) {
    for (const side of Object.keys(sides) as Side[]) {
      if (absent[side] !== undefined) continue;
      try {
        await pair.orderReceiver({ kind: 'beats' });
        const rate = perSecond(await sides[side]());
        if (side === 'ours') beats = await pair.orderReceiver({ kind: 'beats' });
        rates.set(side, [...(rates.get(side) ?? []), rate]);
        progress(`round ${round} of ${rounds}: ${side} ${Math.round(rate)}/s`);
      } catch (error) {
        if (side === 'ours') throw error;
        absent[side] = error instanceof Error ? error.message : String(error);
        progress(`${side} is left out: ${absent[side]}`);
      }
    }
  }
  const ours = rates.get('ours') ?? [];
  const ratio = (theirs: number[]) => median(theirs.map((rate, at) => (ours[at] ?? 0) / rate));
  return {
    perS: Object.fromEntries([...rates].map(([side, all]) => [side, median(all)])),
    ratios: Object.fromEntries([...rates].map(([side, all]) => [side, ratio(all)])),
    beats,
    absent,
  };
}

async function topSpeed(pair: Pair): Promise<Stretch> {
  await pair.order({ kind: 'top-speed', batchRecords, forMs: warmUpMs });
  return pair.order({ kind: 'top-speed', batchRecords, forMs: measureMs });
}
