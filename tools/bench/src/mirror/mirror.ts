import type { Benchmark } from '../benchmark.ts';
import { median, round } from '../statistics.ts';
import { type Tried, tried } from '../tried.ts';
import { type Applied, measureApply } from './apply.ts';
import { type FirstView, measureFirstView } from './first-view.ts';
import { InsertPeer } from './inserts.ts';
import { type LoadsBeside, measureLoads } from './load.ts';
import { type DatabaseConfig, withMirror } from './mirror-lab.ts';
import { measureOverview } from './overview.ts';
import { POSTGRES_URL, PostgresPeer } from './postgres.ts';
import { SHAPE } from './shape.ts';
import { meanPerS, measureWatchers, type Round, type TurnName } from './watchers.ts';

const ROWS = SHAPE.jobs + SHAPE.jobs / SHAPE.jobsInEachStream;
const SOURCE = { config: { jobs: SHAPE.jobs, jobsInEachStream: SHAPE.jobsInEachStream } };
const SQLITE: DatabaseConfig = { kind: 'sqlite' };

/** The mirror on real hosts: how fast it is, and what its watchers cost. */
export const mirrorBenchmark: Benchmark = {
  name: 'mirror',
  summary: 'the plan in a database: loading, following, and a thousand watchers',
  figures: {
    'load-vs-copy': {
      meaning: `${SHAPE.jobs} jobs from Sinfonia into PostgreSQL, by plain COPY of the same rows`,
      goal: { atLeast: 0.5 },
    },
    'load-vs-inserts': {
      meaning: 'the same into SQLite, by a prepared INSERT for each of the rows, in memory',
      goal: { atLeast: 1 },
    },
    'sqlite-rows-per-s': {
      meaning: 'rows of jobs and streams from Sinfonia into SQLite',
      goal: { atLeast: 150_000 },
    },
    'apply-per-s': {
      meaning: 'messages that either database keeps up with, lag below 1 s',
      goal: { atLeast: 20_000 },
    },
    'scheduler-slowdown': {
      meaning: `share of its event rate that a scheduler loses to ${SHAPE.watchers} watchers`,
      goal: { below: 0.03 },
    },
    'watcher-slowdown': {
      meaning: `median wait of a watcher among ${SHAPE.watchers}, by that among ${SHAPE.fewWatchers}`,
      goal: { below: 2 },
    },
    'overview-ms': {
      meaning: `the plan's overview, ${SHAPE.jobs} jobs, changed since the last answer, slower database`,
      goal: { below: 50 },
    },
    'first-view-s': {
      meaning: 'from the address to the plan on the screen of a browser, nothing in its cache',
      goal: { below: 1 },
    },
    'first-view-kb': { meaning: 'transferred for it', goal: { below: 200 } },
  },
  async measure(progress) {
    const sqlite = await inSqlite((line) => progress(`SQLite: ${line}`));
    const postgres = await tried(() => inPostgres((line) => progress(`PostgreSQL: ${line}`)));
    const watched = await measureWatchers(SQLITE, progress);
    const both = [sqlite, ...('got' in postgres ? [postgres.got] : [])];
    const view = sqlite.view;
    return {
      figures: {
        ...('got' in postgres && { 'load-vs-copy': ratioToPeer(postgres.got.loads) }),
        'load-vs-inserts': ratioToPeer(sqlite.loads),
        'sqlite-rows-per-s': ROWS / median(sqlite.loads.loadS),
        'apply-per-s': Math.min(...both.map(({ applied }) => applied.perS)),
        'scheduler-slowdown': slowdown(watched, 'many'),
        'watcher-slowdown': medianMs(watched, 'many') / medianMs(watched, 'few'),
        'overview-ms': Math.max(...both.map(({ overviewMs }) => median(overviewMs))),
        ...('got' in view && {
          'first-view-s': median(view.got.ms) / 1_000,
          'first-view-kb': view.got.kB,
        }),
      },
      context: {
        shape: SHAPE,
        sqlite: summaryOf(sqlite),
        ...('got' in postgres && { postgres: summaryOf(postgres.got) }),
        watched: summaryOfWatched(watched),
      },
      skipped: {
        ...('why' in postgres && {
          'load-vs-copy': `${new URL(POSTGRES_URL).host}: ${postgres.why}`,
        }),
        ...('why' in view && { 'first-view-s': view.why, 'first-view-kb': view.why }),
      },
    };
  },
};

interface OfDatabase {
  readonly loads: LoadsBeside;
  readonly applied: Applied;
  readonly overviewMs: readonly number[];
}

type Progress = (line: string) => void;

function inSqlite(progress: Progress): Promise<OfDatabase & { readonly view: Tried<FirstView> }> {
  return withMirror(SOURCE, SQLITE, async (lab) => {
    const loads = await measureLoads(lab, new InsertPeer(lab.sqliteFile), progress);
    const view = await tried(() => measureFirstView(lab));
    if ('got' in view) progress(`first view: ${round(median(view.got.ms))} ms, ${view.got.kB} kB`);
    const applied = await measureApply(lab, progress);
    return { loads, applied, view, overviewMs: await measureOverview(lab) };
  });
}

async function inPostgres(progress: Progress): Promise<OfDatabase> {
  const peer = await PostgresPeer.open();
  try {
    const database = { kind: 'postgres', url: POSTGRES_URL, schema: peer.schema } as const;
    return await withMirror(SOURCE, database, async (lab) => {
      const loads = await measureLoads(lab, peer, progress);
      const applied = await measureApply(lab, progress);
      return { loads, applied, overviewMs: await measureOverview(lab) };
    });
  } finally {
    await peer.close();
  }
}

/** By its rate: 1 is as fast as the peer. */
function ratioToPeer({ loadS, peerS }: LoadsBeside): number {
  return median(peerS.map((seconds, at) => seconds / (loadS[at] as number)));
}

/** Over all rounds: 0 is as many events as alone. */
function slowdown(rounds: readonly Round[], turn: TurnName): number {
  return 1 - meanPerS(rounds, turn) / meanPerS(rounds, 'alone');
}

/** Of the slowdown, by how much the rounds differ. */
function standardError(rounds: readonly Round[], turn: TurnName): number {
  const alone = meanPerS(rounds, 'alone');
  const ratio = meanPerS(rounds, turn) / alone;
  const squares = rounds.reduce(
    (sum, round) => sum + ((round[turn].perS - ratio * round.alone.perS) / alone) ** 2,
    0,
  );
  return Math.sqrt(squares) / rounds.length;
}

function medianMs(rounds: readonly Round[], turn: TurnName): number {
  return median(rounds.flatMap((round) => round[turn].times));
}

function summaryOf({ loads, applied, overviewMs }: OfDatabase): Readonly<Record<string, unknown>> {
  return {
    loadS: loads.loadS.map(round),
    peerS: loads.peerS.map(round),
    ...applied,
    backlogPerS: Math.round(applied.backlogPerS),
    overviewMs: { median: round(median(overviewMs)), max: round(Math.max(...overviewMs)) },
  };
}

function summaryOfWatched(rounds: readonly Round[]): Readonly<Record<string, unknown>> {
  const seen = (turn: TurnName) => ({
    perS: Math.round(meanPerS(rounds, turn)),
    slowdown: round(slowdown(rounds, turn)),
    standardError: round(standardError(rounds, turn)),
    asked: rounds.reduce((sum, round) => sum + round[turn].times.length, 0),
    failed: rounds.reduce((sum, round) => sum + round[turn].failed, 0),
    medianMs: round(medianMs(rounds, turn)),
  });
  return {
    alone: { perS: Math.round(meanPerS(rounds, 'alone')) },
    few: seen('few'),
    bare: seen('bare'),
    many: seen('many'),
  };
}
