import type { Benchmark } from '../benchmark.ts';
import { hasProc } from '../host/proc.ts';
import { median, round } from '../statistics.ts';
import { tried } from '../tried.ts';
import { measureFeatureCost } from './feature-cost.ts';
import { mirroredPerS } from './jetstream-mirror.ts';
import { measureReplay, type ReplayFigures } from './replay.ts';
import { SHAPE } from './shape.ts';
import { type AutomaticSwitch, measureSwitches, type Switches } from './switches.ts';

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
      meaning: 'by the rate at which NATS JetStream copies a stream in one server, unflushed',
      goal: { atLeast: 0.3 },
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
    const replays = await measureReplays(progress);
    const switches = await measureSwitches(progress);
    const cost = hasProc
      ? await tried(() => measureFeatureCost(progress))
      : { why: 'needs /proc, which this system does not have' };
    return {
      figures: {
        'replay-events-per-s': median(replays.rounds.map(roadPerS)),
        ...(replays.why === undefined && { 'replay-vs-jetstream': ratioToMirror(replays) }),
        'auto-switch-max-s': Math.max(...switches.automatic.map(({ totalS }) => totalS)),
        'manual-switch-s': Math.max(...switches.manualS),
        ...('got' in cost && {
          'feature-cost-bytes': cost.got.bytes,
          'feature-cost-cpu': cost.got.cpu,
        }),
      },
      context: {
        shape: SHAPE,
        replays: replays.rounds,
        jetstreamCopyPerS: replays.mirrored.map(round),
        switches: summary(switches),
        ...('got' in cost && { cost: cost.got }),
      },
      skipped: {
        ...(replays.why !== undefined && { 'replay-vs-jetstream': replays.why }),
        ...('why' in cost && { 'feature-cost-bytes': cost.why, 'feature-cost-cpu': cost.why }),
      },
    };
  },
};

interface Replays {
  readonly rounds: readonly ReplayFigures[];
  /** What the peer copied in a second, round by round. */
  readonly mirrored: readonly number[];
  /** Why there is no peer. */
  readonly why?: string;
}

/** Both sides take turns, so that a slow moment of the machine meets both. */
async function measureReplays(progress: (line: string) => void): Promise<Replays> {
  const rounds: ReplayFigures[] = [];
  const mirrored: number[] = [];
  let why: string | undefined;
  while (rounds.length < SHAPE.replayRounds) {
    const replay = await measureReplay(progress);
    rounds.push(replay);
    if (why !== undefined) continue;
    const { events, bytes } = replay;
    const rate = await tried(() => mirroredPerS(events, Math.round(bytes / events)));
    if ('why' in rate) why = rate.why;
    else mirrored.push(rate.got);
    progress(`JetStream: ${'why' in rate ? rate.why : `${Math.round(rate.got)}/s`}`);
  }
  return { rounds, mirrored, ...(why !== undefined && { why }) };
}

function roadPerS({ events, toRoadS }: ReplayFigures): number {
  return events / toRoadS;
}

function ratioToMirror({ rounds, mirrored }: Replays): number {
  return median(mirrored.map((rate, at) => roadPerS(rounds[at] as ReplayFigures) / rate));
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
