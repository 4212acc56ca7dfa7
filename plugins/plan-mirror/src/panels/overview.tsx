import { kindOf, Progress, usePanel, useView } from '@ftctl/dashboard/kit';
import type { PlanView } from './shapes.ts';

/** How far the plan is. */
export function Overview() {
  const { data } = useView<PlanView>('plan');
  const plan = data?.overview;
  if (data === undefined) return null;
  if (plan === undefined) {
    return <p class="nothing">There is no plan to show here: {data.why ?? data.phase}.</p>;
  }
  return (
    <>
      <Counts title="Jobs" counts={plan.jobs} place="jobs" />
      <Counts title="Job streams" counts={plan.streams} place="streams" />
    </>
  );
}

function Counts({
  title,
  counts,
  place,
}: {
  readonly title: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly place: string;
}) {
  const { hrefOf } = usePanel();
  const states = Object.entries(counts).sort(([one], [other]) => (one < other ? -1 : 1));
  const total = states.reduce((sum, [, count]) => sum + count, 0);
  return (
    <section>
      <h2>
        {title}: {total.toLocaleString()}
      </h2>
      <Progress counts={counts} />
      <div class="tiles" style={{ marginTop: '0.6rem' }}>
        {states.map(([state, count]) => (
          <a
            key={state}
            class={`tile ${kindOf(state)}`}
            href={hrefOf(`${place}?states=${encodeURIComponent(state)}`)}
          >
            <b>{count.toLocaleString()}</b>
            {state}
          </a>
        ))}
      </div>
    </section>
  );
}
