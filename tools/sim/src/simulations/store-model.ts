import { type Operation, ORIGIN, type Parts, READER } from './store-workload.ts';

/** How a commit ended, as its caller saw it. */
export type Outcome = 'resolved' | 'rejected' | 'unknown';

/** One commit as it was seen from outside. */
export interface Attempt {
  readonly operation: Operation;
  /** The life of the plugin that asked for it. */
  readonly life: number;
  outcome: Outcome;
}

/** What a store shows of itself. */
export interface Shown {
  readonly records: readonly number[];
  readonly first: number;
  readonly last: number;
  readonly reader: number | undefined;
  readonly mark: number;
  readonly rows: readonly (readonly [string, number])[];
}

export function show({ log, table, marks }: Parts): Shown {
  const { first, last } = log.bounds();
  return {
    records: log.read(0, { maxRecords: 1_000_000 }).map((entry) => entry.value),
    first,
    last,
    reader: log.position(READER),
    mark: marks.mark(ORIGIN),
    rows: table.entries(),
  };
}

/**
 * Judges what a store shows against what was asked of it. The commits that took
 * effect must be all that resolved, none that was rejected, and of each life a
 * prefix of those whose end nobody knows; replayed in order on plain maps they
 * must give exactly what the store shows.
 */
export function judge(attempts: readonly Attempt[], shown: Shown): readonly string[] {
  const candidates = explanations(attempts);
  const described = JSON.stringify(shown);
  if (candidates.some((applied) => JSON.stringify(replay(applied)) === described)) return [];
  const must = attempts.filter((attempt) => attempt.outcome === 'resolved');
  const missing = must
    .map((attempt) => attempt.operation.n)
    .filter((n) => n > shown.mark && n > (shown.records.at(-1) ?? 0));
  return [
    missing.length > 0
      ? `commits that had resolved are lost: ${missing.join(', ')}`
      : 'no history of commits explains what the store shows',
    `the store shows ${described.slice(0, 400)}`,
    `resolved alone would give ${JSON.stringify(replay(must)).slice(0, 400)}`,
  ];
}

/**
 * Every set of commits that may have taken effect. Of one life, commits whose
 * end is unknown took effect as a prefix; the marks of the lives that follow
 * tell which, so the number of candidates is the product of few prefixes.
 */
function explanations(attempts: readonly Attempt[]): readonly (readonly Attempt[])[] {
  const lives = new Map<number, Attempt[]>();
  for (const attempt of attempts) {
    if (attempt.outcome === 'rejected' || attempt.operation.throws) continue;
    lives.set(attempt.life, [...(lives.get(attempt.life) ?? []), attempt]);
  }
  let candidates: (readonly Attempt[])[] = [[]];
  for (const life of lives.values()) {
    const sure = life.findLastIndex((attempt) => attempt.outcome === 'resolved') + 1;
    const prefixes = Array.from({ length: life.length - sure + 1 }, (_, more) =>
      life.slice(0, sure + more),
    );
    candidates = candidates.flatMap((before) => prefixes.map((prefix) => [...before, ...prefix]));
  }
  return candidates;
}

/** The same commits on plain maps. Undefined when one that took effect had no room. */
function replay(applied: readonly Attempt[]): Shown | undefined {
  const rows = new Map<string, number>();
  const all: number[] = [];
  let reader: number | undefined;
  let mark = 0;
  let limit = Number.POSITIVE_INFINITY;
  for (const { operation, outcome } of applied) {
    const limitNow = operation.limitRecords ?? limit;
    if (all.length - (reader ?? 0) >= limitNow) {
      if (outcome === 'resolved') return undefined;
      continue;
    }
    limit = limitNow;
    all.push(operation.n);
    for (const [key, value] of operation.puts) rows.set(key, value);
    for (const key of operation.deletes) rows.delete(key);
    mark = operation.n;
    reader = Math.min((reader ?? 0) + operation.advance, all.length);
  }
  const kept = all.slice(reader ?? 0);
  return {
    records: kept,
    first: all.length - kept.length + 1,
    last: all.length,
    reader,
    mark,
    rows: [...rows].sort(([left], [right]) => (left < right ? -1 : 1)),
  };
}
