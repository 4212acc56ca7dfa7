import { describeFault } from './faults.ts';
import { describeEntry, type HistoryEntry } from './history.ts';
import { type PlannedFault, replayOptions } from './reduction.ts';
import type { RunOutcome } from './simulation.ts';

/** Entries of the excerpt before the first problem, or before the end. */
const EXCERPT_ENTRIES = 60;
const EXCERPT_ENTRIES_AFTER = 10;
/** Many of these at the end say what stands on disk, which is no part of the story. */
const TESTIMONY = 'item.applied';
/** Kinds of entries that are always in the excerpt: what was done to the world. */
const ALWAYS_SHOWN = /^(host|net|plugin|faults)\./;

/** Counts of a number of runs. */
export interface RunCounts {
  readonly name: string;
  readonly runs: number;
  readonly failed: number;
  readonly firstSeed: number;
  readonly lastSeed: number;
}

/** The last line of a report: `sim store: 500 runs, 0 failed, seeds 1..500`. */
export function summaryLine({ name, runs, failed, firstSeed, lastSeed }: RunCounts): string {
  const unit = runs === 1 ? 'run' : 'runs';
  return `sim ${name}: ${runs} ${unit}, ${failed} failed, seeds ${firstSeed}..${lastSeed}`;
}

/** The command that replays a run exactly, on any machine. */
export function replayCommand(name: string, { seed, reduction }: RunOutcome): string {
  return `npm run sim -- ${name} --seed ${seed}${replayOptions(reduction)}`;
}

/**
 * A failed run for people: what is wrong, how to replay it, its faults, and what
 * happened, unless `excerpt` is false.
 */
export function describeFailure(
  name: string,
  outcome: RunOutcome,
  { excerpt = true }: { readonly excerpt?: boolean } = {},
): string {
  return [
    `sim ${name}: seed ${outcome.seed} failed after ${Math.round(outcome.virtualMs)} virtual ms`,
    ...outcome.problems.map((problem) => `  ${problem}`),
    `  replay: ${replayCommand(name, outcome)}`,
    ...describePlan(outcome.planned).map((line) => `  ${line}`),
    ...(excerpt ? outcome.excerpt.map((line) => `    ${line}`) : []),
  ].join('\n');
}

/** `fault 2: at 300 ms: crash host=a forMs=20`, for those that happen. */
export function describePlan(planned: readonly PlannedFault[]): string[] {
  const happening = planned.filter(({ happens }) => happens);
  if (happening.length === 0) return ['no fault'];
  return happening.map(({ number, fault }) => `fault ${number}: ${describeFault(fault)}`);
}

/** The faults, and what came before the first problem or the end. */
export function excerptOf(entries: readonly HistoryEntry[]): readonly string[] {
  const problem = entries.findIndex((entry) => entry.kind === 'problem');
  const last = problem < 0 ? entries.findLastIndex(({ kind }) => kind !== TESTIMONY) : problem;
  const end = last + 1 + EXCERPT_ENTRIES_AFTER;
  const from = end - EXCERPT_ENTRIES;
  const shown = entries.slice(0, end).filter((entry, index) => {
    return index >= from || ALWAYS_SHOWN.test(entry.kind);
  });
  return shown.slice(-EXCERPT_ENTRIES * 2).map(describeEntry);
}
