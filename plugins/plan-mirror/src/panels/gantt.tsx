import { kindOf, timeText, usePanel } from '@ftctl/dashboard/kit';
import type { StreamJob } from '@ftctl/plan/queries';
import type { Schedule } from '../core/critical-path.ts';

const ROW = 22;
const LABEL = 190;
const WIDTH = 900;
const TICKS = 6;
/** Rows that are drawn; the rest is in the list. */
const MAX_ROWS = 1_000;

/** When the jobs ran; of what has not ended, when it is expected to. */
export function Gantt({
  jobs,
  schedule,
}: {
  readonly jobs: readonly StreamJob[];
  readonly schedule: Schedule;
}) {
  const { hrefOf } = usePanel();
  const critical = new Set(schedule.critical);
  const rows = jobs
    .flatMap((job) => {
      const planned = schedule.jobs.get(job.id);
      return planned === undefined ? [] : [{ job, planned }];
    })
    .sort((one, other) => one.planned.startMs - other.planned.startMs)
    .slice(0, MAX_ROWS);
  const fromMs = Math.min(...rows.map(({ planned }) => planned.startMs));
  const toMs = Math.max(...rows.map(({ planned }) => planned.endMs), fromMs + 1);
  const x = (ms: number) => LABEL + ((ms - fromMs) / (toMs - fromMs)) * WIDTH;
  const height = rows.length * ROW + 30;
  const ticks = Array.from(
    { length: TICKS },
    (_, n) => fromMs + ((toMs - fromMs) * n) / (TICKS - 1),
  );
  if (rows.length === 0) return <p class="nothing">No jobs.</p>;
  return (
    <div class="drawing">
      <svg width={LABEL + WIDTH + 80} height={height} role="img" aria-label="when jobs ran">
        <title>When jobs ran; expected times are dashed, the critical path is framed</title>
        {ticks.map((ms) => (
          <g key={ms}>
            <line class="grid" x1={x(ms)} x2={x(ms)} y1={20} y2={height} />
            <text x={x(ms)} y={14} text-anchor="middle">
              {timeText(ms)}
            </text>
          </g>
        ))}
        {rows.map(({ job, planned }, n) => (
          <a
            key={job.id}
            href={hrefOf(`job/${encodeURIComponent(job.id)}`)}
            class={kindOf(job.state)}
          >
            <title>{`${job.id}: ${job.state}`}</title>
            <text x={4} y={n * ROW + 38}>
              {(job.name ?? job.id).slice(0, 26)}
            </text>
            <rect
              class={`bar ${planned.isGuess ? 'guess' : ''}`}
              x={x(planned.startMs)}
              y={n * ROW + 26}
              width={Math.max(2, x(planned.endMs) - x(planned.startMs))}
              height={ROW - 7}
              rx={3}
              {...(critical.has(job.id) ? { stroke: 'var(--bad)', 'stroke-width': 2 } : {})}
            />
          </a>
        ))}
      </svg>
    </div>
  );
}
