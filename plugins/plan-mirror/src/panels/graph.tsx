import { kindOf, usePanel } from '@ftctl/dashboard/kit';
import type { StreamJob } from '@ftctl/plan/queries';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Layout } from './layout.ts';

/** A graph of more jobs tells nobody anything. */
const MAX_JOBS = 1_500;

/** What follows what, laid out from left to right. */
export function Graph({
  jobs,
  critical,
}: {
  readonly jobs: readonly StreamJob[];
  readonly critical: readonly string[];
}) {
  const { hrefOf } = usePanel();
  const [layout, setLayout] = useState<Layout>();
  const onPath = useMemo(() => new Set(critical), [critical]);
  // States change all the time, the shape does not.
  const shape = jobs.map(({ id, follows }) => `${id}<${follows.map((one) => one.id)}`).join('|');
  useEffect(() => {
    if (jobs.length > MAX_JOBS) return;
    import('./layout.ts').then(({ layOut }) => setLayout(layOut(jobs)));
  }, [shape]);

  if (jobs.length > MAX_JOBS) {
    return <p class="nothing">{jobs.length} jobs are too many for a graph: see Gantt or List.</p>;
  }
  if (layout === undefined) return <p class="nothing">…</p>;
  const state = new Map(jobs.map((job) => [job.id, job.state]));
  return (
    <div class="drawing">
      <svg width={layout.width} height={layout.height} role="img" aria-label="what follows what">
        <title>What follows what; the critical path is drawn thick</title>
        {layout.edges.map(({ from, to, path }) => (
          <path
            key={`${from}>${to}`}
            class={`edge ${isNext(critical, from, to) ? 'critical' : ''}`}
            d={path}
          />
        ))}
        {layout.boxes.map(({ id, name, x, y, width, height }) => (
          <a
            key={id}
            href={hrefOf(`job/${encodeURIComponent(id)}`)}
            class={kindOf(state.get(id) ?? '')}
          >
            <title>{`${id}: ${state.get(id)}`}</title>
            <rect
              class={`box ${onPath.has(id) ? 'critical' : ''}`}
              x={x}
              y={y}
              width={width}
              height={height}
              rx={5}
            />
            <text x={x + 8} y={y + 17}>
              {name}
            </text>
            <text x={x + 8} y={y + 33} style={{ fill: 'var(--kind)' }}>
              {state.get(id)}
            </text>
          </a>
        ))}
      </svg>
    </div>
  );
}

function isNext(critical: readonly string[], from: string, to: string): boolean {
  const at = critical.indexOf(from);
  return at >= 0 && critical[at + 1] === to;
}
