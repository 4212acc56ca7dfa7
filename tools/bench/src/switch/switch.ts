import { describeError } from '@ftctl/sdk';
import type { Benchmark } from '../benchmark.ts';
import { hasProc } from '../host/proc.ts';
import { median, round } from '../statistics.ts';
import { measureFeatureCost } from './feature-cost.ts';
import { mirroredPerS } from './jetstream-mirror.ts';
import { measureReplay, type ReplayFigures } from './replay.ts';
import { SHAPE } from './shape.ts';
import { type AutomaticSwitch, measureSwitches, type Switches } from './switches.ts';

const MIRROR_ROUNDS = 3;

/** The switch manager on real hosts: how fast it switches, and what it costs. */
export const switchBenchmark: Benchmark = {
  name: 'switch',
  summary: 'switching managers on real hosts, replay, and what fault tolerance costs',
  figures: {
    'replay-events-per-s': {
      meaning: 'messages that a new manager puts on the road of a target that lacks them, on disk',
      goal: { atLeast: 100_000 },
    },
    'replay-vs-jetstream': {
      meaning: 'by the rate at which NATS JetStream fills a new mirror of a stream, unflushed',
      goal: { atLeast: 0.5 },
    },
    'auto-switch-max-s': {
      meaning: 'from kill -9 of a manager to the first event that the next one routes, slowest',
      goal: { below: 2 },
    },
    'manual-switch-s': {
      meaning: 'from ftctl tws switchmgr to the first event that the new manager routes, slowest',
      goal: { below: 1 },
    },
    'feature-cost-bytes': {
      meaning: 'bytes sent by all hosts of Figure 3 over a day, by those without the feature',
      goal: { atMost: 1.3 },
    },
    'feature-cost-cpu': {
      meaning: 'processor time of all daemons and plugins over the same day, likewise',
      goal: { atMost: 1.3 },
    },
  },
  async measure(progress) {
    const replay = await measureReplay(progress);
    const mirrored = await tried(() => mirrorRates(replay, progress));
    const switches = await measureSwitches(progress);
    const cost = hasProc
      ? await tried(() => measureFeatureCost(progress))
      : { why: 'needs /proc, which this system does not have' };
    const replayPerS = replay.events / replay.toRoadS;
    return {
      figures: {
        'replay-events-per-s': replayPerS,
        ...('got' in mirrored && { 'replay-vs-jetstream': replayPerS / median(mirrored.got) }),
        'auto-switch-max-s': Math.max(...switches.automatic.map(({ totalS }) => totalS)),
        'manual-switch-s': Math.max(...switches.manualS),
        ...('got' in cost && {
          'feature-cost-bytes': cost.got.bytes,
          'feature-cost-cpu': cost.got.cpu,
        }),
      },
      context: {
        shape: SHAPE,
        replay,
        ...('got' in mirrored && { jetstreamMirrorPerS: mirrored.got.map(round) }),
        switches: summary(switches),
        ...('got' in cost && { cost: cost.got }),
      },
      skipped: {
        ...('why' in mirrored && { 'replay-vs-jetstream': mirrored.why }),
        ...('why' in cost && { 'feature-cost-bytes': cost.why, 'feature-cost-cpu': cost.why }),
      },
    };
  },
};

type Tried<T> = { readonly got: T } | { readonly why: string };

/** What this machine may not have: why it failed, in place of a figure. */
async function tried<T>(work: () => Promise<T>): Promise<Tried<T>> {
  try {
    return { got: await work() };
  } catch (error) {
    return { why: describeError(error) };
  }
}

async function mirrorRates(
  { events, bytes }: ReplayFigures,
  progress: (line: string) => void,
): Promise<readonly number[]> {
  const rates: number[] = [];
  for (let round = 1; round <= MIRROR_ROUNDS; round += 1) {
    rates.push(await mirroredPerS(events, Math.round(bytes / events)));
    progress(`a mirror of JetStream: ${Math.round(rates.at(-1) ?? 0)}/s`);
  }
  return rates;
}

function summary({ automatic, manualS, showcpusS, ...lab }: Switches): Record<string, unknown> {
  const part = (of: (one: AutomaticSwitch) => number) => spread(automatic.map(of));
  return {
    ...lab,
    automatic: part(({ totalS }) => totalS),
    untilClaimed: part(({ claimedS }) => claimedS),
    untilGathered: part(({ gatheredS }) => gatheredS),
    untilReplayed: part(({ replayedS }) => replayedS),
    manual: spread(manualS),
    showcpus: spread(showcpusS),
  };
}

function spread(seconds: readonly number[]): Readonly<Record<string, number>> {
  const rounded = { medianS: round(median(seconds)), maxS: round(Math.max(...seconds)) };
  return { count: seconds.length, ...rounded };
}
