import { durationText, timeText, useView } from '@ftctl/dashboard/kit';
import type { PlanView } from './shapes.ts';

/** Where what is shown is from, and how far behind: always visible. */
export function SourceLine() {
  const { data, error } = useView<PlanView>('plan');
  if (data === undefined) {
    const text = error === undefined ? 'asking…' : error.message;
    return (
      <p class={`source ${error === undefined ? '' : 'bad'}`} role="status">
        {text}
      </p>
    );
  }
  const { from, why, lagMs, lagRecords, overview, phase, database } = data;
  const isWell = from === 'mirror' && error === undefined;
  return (
    <p class={`source ${isWell ? 'good' : 'odd'}`} role="status">
      <span>
        from <b>{from === 'mirror' ? 'the mirror' : 'Symphony'}</b>
        {why === undefined ? '' : `: ${why}`}
      </span>
      <span>
        lag <b>{lagRecords} messages</b>, <b>{durationText(lagMs)}</b>
      </span>
      {overview === undefined ? (
        <span>{phase}</span>
      ) : (
        <span>
          plan <b>{overview.run}</b>, made {timeText(overview.madeAtMs)}
        </span>
      )}
      <span class="minor">{database}</span>
      {error === undefined ? null : <b>{error.message}</b>}
    </p>
  );
}
