import type { PlanOverview } from '@ftctl/plan/queries';
import type { CommandResult } from '@ftctl/sdk';
import type { Mirror } from '../mirror.ts';

/** `ftctl plan status`. */
export async function status(mirror: Mirror): Promise<CommandResult> {
  const now = mirror.status();
  const plan = await overviewOf(mirror);
  const { source } = mirror.reading;
  const { phase, why, database, copy, taken, took, copies, progress, lanes, lagMs } = now;
  const lines = [
    `${phase}${why === undefined ? '' : `: ${why}`}`,
    `database  ${database}`,
    `readers   from ${source.from === 'mirror' ? 'the database' : `Symphony: ${source.why}`}`,
    ...(plan === undefined ? [] : [`plan      run ${plan.run}, ${total(plan.jobs)} jobs`]),
    ...(copy === undefined ? [] : [`copy      ${copy.syncid}, epoch ${copy.epoch}`]),
    ...(taken === undefined ? [] : [`taken     because ${taken} (${copies} since the start)`]),
    ...(took === undefined
      ? []
      : [`          in ${seconds(took.writeMs)} to write and ${seconds(took.loadMs)} to load`]),
    ...(progress === undefined
      ? []
      : [`${progress.step}   ${progress.done} of ${progress.parts} parts`]),
    ...(phase === 'following' ? [`lag       ${seconds(lagMs)}`] : []),
  ];
  return {
    data: { ...now, readers: source, ...(plan === undefined ? {} : { plan }) },
    text: lines.join('\n'),
    ...(lanes.length === 0
      ? {}
      : {
          table: {
            columns: ['LANE', 'LAG', 'WAITING'],
            rows: lanes.map(({ lane, lag, waiting }) => [
              lane === 0 ? 'mirrorbox' : `mirrorbox_${lane}`,
              lag,
              waiting,
            ]),
          },
        }),
  };
}

/** Of the plan that is shown; while a copy is loaded it is not counted as well. */
async function overviewOf(mirror: Mirror): Promise<PlanOverview | undefined> {
  if (mirror.status().phase === 'copying') return undefined;
  const read = await mirror.reading.ask({ q: 'overview' }).catch(() => undefined);
  return read?.from === 'mirror' ? (read.answer as PlanOverview | undefined) : undefined;
}

function total(jobs: Readonly<Record<string, number>>): number {
  return Object.values(jobs).reduce((sum, count) => sum + count, 0);
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
