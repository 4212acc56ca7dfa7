import { faultMs } from './faults.ts';
import { kindOfProblem } from './problem-text.ts';
import { CHANGEABLE, type FaultChange, type Reduction } from './reduction.ts';
import { describePlan, replayCommand } from './report.ts';
import type { RunOutcome } from './simulation.ts';

export interface ShrinkOptions {
  /** Most variants that are run. Default 200. */
  readonly maxRuns?: number;
  /** Real time after which no further variant is begun. Default 60,000. */
  readonly maxMs?: number;
}

export interface Shrunk {
  /** The run as it was found. */
  readonly found: RunOutcome;
  /** The shortest run that fails in the same way. */
  readonly outcome: RunOutcome;
  /** Variants that were run. */
  readonly tried: number;
  /** The same, by what they left out. */
  readonly triedBy: Readonly<Record<string, number>>;
  /** Why it ended there. */
  readonly ended: 'nothing smaller fails' | 'most runs' | 'most time';
}

/** Plays a variant of the same seed. */
export type PlayVariant = (reduction: Reduction) => Promise<RunOutcome>;

/**
 * Makes a failing run short by running variants of its seed: fewer faults, an
 * earlier end, less work, shorter and earlier faults; each kept when it still
 * fails by the same kind of problem. What it answers replays exactly, whatever the limits.
 */
export async function shrinkRun(
  play: PlayVariant,
  found: RunOutcome,
  options: ShrinkOptions = {},
): Promise<Shrunk> {
  const search = new Search(play, found, options);
  let ended: Shrunk['ended'] = 'nothing smaller fails';
  try {
    let before: RunOutcome;
    do {
      before = search.best;
      for (const [name, pass] of Object.entries(PASSES)) {
        search.pass = name;
        await pass(search);
      }
    } while (search.best !== before);
  } catch (error) {
    if (!(error instanceof Enough)) throw error;
    ended = error.why;
  }
  const { best: outcome, tried, triedBy } = search;
  return { found, outcome, tried, triedBy: Object.fromEntries(triedBy), ended };
}

/** What was made of it, for people. */
export function describeShrunk(name: string, shrunk: Shrunk): string[] {
  const { found, outcome, tried, triedBy, ended } = shrunk;
  const happening = (run: RunOutcome) => run.planned.filter(({ happens }) => happens);
  const sum = (run: RunOutcome) =>
    happening(run)
      .reduce((ms, { fault }) => ms + faultMs(fault), 0)
      .toFixed(0);
  return [
    `sim ${name}: seed ${found.seed} shrunk with ${tried} more runs (${ended}):`,
    `  tried ${Object.entries(triedBy)
      .map(([pass, runs]) => `${pass} ${runs}`)
      .join(', ')}`,
    `  faults ${happening(found).length} -> ${happening(outcome).length}, ` +
      `lasting ${sum(found)} -> ${sum(outcome)} ms; ` +
      `their end ${Math.round(found.faultsEndMs)} -> ${Math.round(outcome.faultsEndMs)} ms; ` +
      `work ${found.workDone} -> ${outcome.workDone}`,
    ...describePlan(outcome.planned).map((line) => `  ${line}`),
    `  ${outcome.problems[0]?.split('\n')[0] ?? ''}`,
    `  replay: ${replayCommand(name, outcome)}`,
    `  in code: runOnce(simulation, ${outcome.seed}, { reduction: ${JSON.stringify(outcome.reduction)} })`,
    ...outcome.excerpt.map((line) => `    ${line}`),
  ];
}

const DEFAULT_MAX_RUNS = 200;
const DEFAULT_MAX_MS = 60_000;

class Enough extends Error {
  readonly why: 'most runs' | 'most time';

  constructor(why: 'most runs' | 'most time') {
    super(why);
    this.why = why;
  }
}

/** The shortest failing run so far, and what was tried to get there. */
class Search {
  best: RunOutcome;
  tried = 0;
  readonly triedBy = new Map<string, number>();
  /** What is tried at present. */
  pass = '';
  readonly #play: PlayVariant;
  readonly #kinds: ReadonlySet<string>;
  readonly #known = new Set<string>();
  readonly #maxRuns: number;
  readonly #endMs: number;

  constructor(play: PlayVariant, found: RunOutcome, options: ShrinkOptions) {
    this.best = found;
    this.#play = play;
    this.#kinds = new Set(found.problems.map(kindOfProblem));
    this.#maxRuns = options.maxRuns ?? DEFAULT_MAX_RUNS;
    this.#endMs = performance.now() + (options.maxMs ?? DEFAULT_MAX_MS);
  }

  /** Runs a variant of the best one; it is the best when it fails too. @throws Enough */
  async try(change: Reduction): Promise<boolean> {
    const reduction = { ...this.best.reduction, ...change };
    const key = JSON.stringify(reduction);
    if (this.#known.has(key)) return false;
    this.#known.add(key);
    if (this.tried >= this.#maxRuns) throw new Enough('most runs');
    if (performance.now() >= this.#endMs) throw new Enough('most time');
    this.tried += 1;
    this.triedBy.set(this.pass, (this.triedBy.get(this.pass) ?? 0) + 1);
    const outcome = await this.#play(reduction);
    const fails = outcome.problems.some((problem) => this.#kinds.has(kindOfProblem(problem)));
    if (fails) this.best = outcome;
    return fails;
  }
}

function numbersOf(outcome: RunOutcome): number[] {
  return outcome.planned.filter(({ happens }) => happens).map(({ number }) => number);
}

/** Without any; then without each half, each quarter, and so on to each one. */
async function fewerFaults(search: Search): Promise<void> {
  if (numbersOf(search.best).length === 0) return;
  if (await search.try({ keepFaults: [] })) return;
  for (let size = Math.ceil(numbersOf(search.best).length / 2); size >= 1; ) {
    const numbers = numbersOf(search.best);
    for (let start = 0; start < numbers.length; start += size) {
      const left = numbers.slice(start, start + size);
      const keepFaults = numbersOf(search.best).filter((number) => !left.includes(number));
      if (keepFaults.length > 0) await search.try({ keepFaults });
    }
    size = size === 1 ? 0 : Math.ceil(size / 2);
  }
}

async function earlierEnd(search: Search): Promise<void> {
  await lower(Math.ceil(search.best.faultsEndMs), 0, (untilMs) => search.try({ untilMs }));
}

async function lessWork(search: Search): Promise<void> {
  await lower(search.best.workDone, 0, (work) => search.try({ work }));
}

/** Shorter, earlier, and at a lower count of calls or flushes. */
async function smallerFaults(search: Search): Promise<void> {
  for (const number of numbersOf(search.best)) {
    for (const field of CHANGEABLE) {
      const fault = search.best.planned.find((planned) => planned.number === number)?.fault;
      const value = (fault as FaultChange | undefined)?.[field];
      if (value === undefined) continue;
      const least = field === 'calls' || field === 'flushes' ? 1 : 0;
      await lower(Math.floor(value), least, (smaller) => {
        const { changes = {} } = search.best.reduction;
        const change = { ...changes[number], [field]: smaller };
        return search.try({ changes: { ...changes, [number]: change } });
      });
    }
  }
}

/** In the order of what makes a run easier to read most. */
const PASSES: Readonly<Record<string, (search: Search) => Promise<void>>> = {
  'fewer faults': fewerFaults,
  'an earlier end': earlierEnd,
  'less work': lessWork,
  'smaller faults': smallerFaults,
};

/** Finds a small whole number from `from` to below `value` that `fits`: the least, or by halves. */
async function lower(
  value: number,
  from: number,
  fits: (value: number) => Promise<boolean>,
): Promise<void> {
  if (value <= from || (await fits(from))) return;
  let least = from;
  let known = value;
  // Once a gap is a small share of what is left, closing it makes no run easier to read.
  while (known - least > Math.max(1, known / 50)) {
    const middle = least + Math.floor((known - least) / 2);
    if (await fits(middle)) known = middle;
    else least = middle;
  }
}
