/** How a state is coloured: by what it means, never by colour alone. */
const KINDS: Readonly<Record<string, string>> = {
  SUCC: 'good',
  EXEC: 'busy',
  INTRO: 'busy',
  WAIT: 'busy',
  SUCCP: 'busy',
  ABENP: 'busy',
  READY: 'ready',
  ABEND: 'bad',
  FAIL: 'bad',
  STUCK: 'bad',
  DONE: 'odd',
  PEND: 'odd',
  CANCL: 'gone',
  CANCEL: 'gone',
  CANCELP: 'gone',
  ok: 'good',
  degraded: 'odd',
  failed: 'bad',
};

export function kindOf(state: string): string {
  return KINDS[state] ?? 'idle';
}

export function State({ state }: { readonly state: string }) {
  return <span class={`state ${kindOf(state)}`}>{state}</span>;
}

const ORDER = ['bad', 'odd', 'good', 'busy', 'ready', 'idle', 'gone'];

/** How many are in each state, as one bar. */
export function Progress({ counts }: { readonly counts: Readonly<Record<string, number>> }) {
  const states = Object.entries(counts).sort(
    ([one], [other]) => ORDER.indexOf(kindOf(one)) - ORDER.indexOf(kindOf(other)),
  );
  const total = states.reduce((sum, [, count]) => sum + count, 0);
  const label = states.map(([state, count]) => `${count} ${state}`).join(', ');
  return (
    <div class="progress" role="img" aria-label={label} title={label}>
      {states.map(([state, count]) => (
        <span
          key={state}
          class={kindOf(state)}
          style={{ width: `${(100 * count) / Math.max(1, total)}%` }}
        />
      ))}
    </div>
  );
}
