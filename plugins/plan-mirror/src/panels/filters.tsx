import { usePanel } from '@ftctl/dashboard/kit';
import { useEffect, useRef, useState } from 'preact/hooks';

/** While somebody types. */
const PAUSE_MS = 250;

export type Filter = Readonly<Record<string, string>>;

/** Filters, order and page stand in the address, so that it can be kept and sent. */
export function useFilter(place: string): readonly [Filter, (change: Filter) => void] {
  const { route, hrefOf } = usePanel();
  const change = (change: Filter) => {
    // As it is by now: what was typed a moment ago may have changed it.
    const now = filterIn(location.hash);
    const next = { ...now, ...('after' in change ? {} : { after: '' }), ...change };
    const kept = Object.entries(next).filter(([, value]) => value !== '');
    const query = new URLSearchParams(kept).toString();
    location.replace(hrefOf(query === '' ? place : `${place}?${query}`));
  };
  return [filterIn(route), change];
}

function filterIn(address: string): Filter {
  const [, text = ''] = address.split('?');
  return Object.fromEntries(new URLSearchParams(text));
}

export function Filters({
  filter,
  onChange,
  states,
  total,
}: {
  readonly filter: Filter;
  readonly onChange: (change: Filter) => void;
  readonly states: readonly string[];
  readonly total: number | undefined;
}) {
  return (
    <search class="filters">
      <TextFilter label="Search in names" name="text" filter={filter} onChange={onChange} />
      <TextFilter label="Workstation" name="ws" filter={filter} onChange={onChange} />
      <select
        aria-label="State"
        value={filter.states ?? ''}
        onChange={(event) => onChange({ states: event.currentTarget.value })}
      >
        <option value="">all states</option>
        {states.map((state) => (
          <option key={state} value={state}>
            {state}
          </option>
        ))}
      </select>
      <span role="status">{total === undefined ? '' : `${total.toLocaleString()} found`}</span>
    </search>
  );
}

function TextFilter({
  label,
  name,
  filter,
  onChange,
}: {
  readonly label: string;
  readonly name: string;
  readonly filter: Filter;
  readonly onChange: (change: Filter) => void;
}) {
  const given = filter[name] ?? '';
  const [text, setText] = useState(given);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => setText(given), [given]);
  return (
    <input
      type="search"
      aria-label={label}
      placeholder={label}
      value={text}
      onInput={(event) => {
        const { value } = event.currentTarget;
        setText(value);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => onChange({ [name]: value.trim() }), PAUSE_MS);
      }}
    />
  );
}

/** To the next page, and back to the first. */
export function Pages({
  filter,
  next,
  onChange,
}: {
  readonly filter: Filter;
  readonly next: string | undefined;
  readonly onChange: (change: Filter) => void;
}) {
  return (
    <nav class="filters" aria-label="pages">
      {filter.after === undefined ? null : (
        <button type="button" onClick={() => onChange({ after: '' })}>
          First page
        </button>
      )}
      {next === undefined ? null : (
        <button type="button" onClick={() => onChange({ after: next })}>
          Next page
        </button>
      )}
    </nav>
  );
}
