import type { Benchmark } from '../benchmark.ts';
import { median, round } from '../statistics.ts';
import { measureReplay } from './replay.ts';
import { SHAPE } from './shape.ts';
import { type AutomaticSwitch, measureSwitches } from './switches.ts';

/** The switch manager on real hosts: how fast it switches, and what it costs. */
export const switchBenchmark: Benchmark = {
  name: 'switch',
  summary: 'switching managers on real hosts, replay, and what fault tolerance costs',
  figures: {
    'replay-events-per-s': {
      meaning: 'messages that a new manager puts on the road of a target that lacks them, on disk',
      goal: { atLeast: 100_000 },
    },
    'auto-switch-max-s': {
      meaning: 'from kill -9 of a manager to the first event that the next one routes, slowest',
      goal: { below: 2 },
    },
    'manual-switch-s': {
      meaning: 'from ftctl tws switchmgr to the first event that the new manager routes, slowest',
      goal: { below: 1 },
    },
  },
  async measure(progress) {
    const replay = await measureReplay(progress);
    const { automatic, manualS, showcpusS, ...lab } = await measureSwitches(progress);
    const part = (of: (one: AutomaticSwitch) => number) => spread(automatic.map(of));
    return {
      figures: {
        'replay-events-per-s': replay.events / replay.toRoadS,
        'auto-switch-max-s': Math.max(...automatic.map(({ totalS }) => totalS)),
        'manual-switch-s': Math.max(...manualS),
      },
      context: {
        shape: SHAPE,
        replay,
        switches: {
          ...lab,
          automatic: part(({ totalS }) => totalS),
          untilClaimed: part(({ claimedS }) => claimedS),
          untilGathered: part(({ gatheredS }) => gatheredS),
          untilReplayed: part(({ replayedS }) => replayedS),
          manual: spread(manualS),
          showcpus: spread(showcpusS),
        },
      },
      skipped: {},
    };
  },
};

function spread(seconds: readonly number[]): Readonly<Record<string, number>> {
  const rounded = { medianS: round(median(seconds)), maxS: round(Math.max(...seconds)) };
  return { count: seconds.length, ...rounded };
}
