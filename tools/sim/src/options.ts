import { parseArgs } from 'node:util';
import { CHANGEABLE, type FaultChange, freshSeed, type Reduction } from '@ftctl/sim';

export interface SimOptions {
  readonly name: string;
  readonly runs: number;
  readonly seed: number;
  /** What of each run is left out. */
  readonly reduction: Reduction;
  /** Real time after which no further run is begun, minutes. */
  readonly minutes?: number;
  readonly historyFile?: string;
  /** Whether the first failure is made short. */
  readonly shrink: boolean;
  /** Whether the counts go out as one JSON object. */
  readonly json: boolean;
}

const DEFAULT_RUNS = 100;
const MAX_RUNS = 1_000_000;
const MAX_MINUTES = 100_000;

export const HELP = `npm run sim -- NAME [options]

Runs a simulation with the seeds S, S + 1, ... spread over the cores. NAME is one
of those below, or a file (./path.ts) that exports \`simulation\`.

  --runs N           so many seeds; default ${DEFAULT_RUNS}, with --seed S one
  --seed S|fresh     the first seed; default 1; fresh draws one and prints it
  --time MINUTES     begins no further run after that; without --runs as many as fit
  --history FILE     writes the history of the one run as JSON lines
  --no-shrink        leaves the first failure as it was found
  --json             the counts as one JSON object on stdout, all else on stderr
  --help

What shrinking prints replays a short run exactly:

  --keep-faults A,B  of the planned faults only these happen; or none
  --change A.F=N     other numbers for some faults: field F of fault A, with commas for more
  --until MS         faults and work end at this virtual time
  --work N           no more than N pieces of work

Exit code 0 when all runs are good, 1 when one failed, 2 when called wrongly.
`;

/** Undefined when help is asked for. @throws Error saying what is wrong with the command line */
export function parseOptions(args: readonly string[]): SimOptions | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      runs: { type: 'string' },
      seed: { type: 'string' },
      time: { type: 'string' },
      history: { type: 'string' },
      'no-shrink': { type: 'boolean' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
      'keep-faults': { type: 'string' },
      change: { type: 'string' },
      until: { type: 'string' },
      work: { type: 'string' },
    },
    allowPositionals: true,
  });
  if (values.help === true) return undefined;
  const [name, ...rest] = positionals;
  if (name === undefined || rest.length > 0) throw new Error('give the name of one simulation');
  const reduction = reductionOf(values);
  const isOneRun = values.seed !== undefined && values.seed !== 'fresh';
  const otherwise = values.time !== undefined ? MAX_RUNS : isOneRun ? 1 : DEFAULT_RUNS;
  const runs = values.runs === undefined ? otherwise : whole('--runs', values.runs, 1, MAX_RUNS);
  if (values.history !== undefined && runs !== 1) {
    throw new Error('--history takes one run: give --seed S');
  }
  return {
    name,
    runs,
    seed: seedOf(values.seed),
    reduction,
    shrink: values['no-shrink'] !== true && Object.keys(reduction).length === 0,
    json: values.json === true,
    ...(values.history === undefined ? {} : { historyFile: values.history }),
    ...(values.time === undefined ? {} : { minutes: positive('--time', values.time) }),
  };
}

interface ReductionValues {
  readonly 'keep-faults'?: string | undefined;
  readonly change?: string | undefined;
  readonly until?: string | undefined;
  readonly work?: string | undefined;
}

function reductionOf(values: ReductionValues): Reduction {
  const { 'keep-faults': keep, change, until, work } = values;
  const number = (option: string, text: string) => whole(option, text, 0, Number.MAX_SAFE_INTEGER);
  const keepFaults = (list: string) =>
    list === 'none' ? [] : list.split(',').map((part) => whole('--keep-faults', part, 1, MAX_RUNS));
  return {
    ...(keep === undefined ? {} : { keepFaults: keepFaults(keep) }),
    ...(change === undefined ? {} : { changes: changesOf(change) }),
    ...(until === undefined ? {} : { untilMs: number('--until', until) }),
    ...(work === undefined ? {} : { work: number('--work', work) }),
  };
}

/** `2.forMs=50,5.calls=1` */
function changesOf(list: string): Record<number, FaultChange> {
  const changes: Record<number, FaultChange> = {};
  for (const part of list.split(',')) {
    const [, fault = '', field = '', value = ''] = /^(\d+)\.(\w+)=(\d+)$/.exec(part) ?? [];
    if (!CHANGEABLE.some((name) => name === field)) {
      const fields = CHANGEABLE.join(', ');
      throw new Error(`--change takes FAULT.FIELD=NUMBER with one of ${fields}, not "${part}"`);
    }
    changes[Number(fault)] = { ...changes[Number(fault)], [field]: Number(value) };
  }
  return changes;
}

function seedOf(value: string | undefined): number {
  if (value === undefined) return 1;
  return value === 'fresh'
    ? freshSeed()
    : whole('--seed', value, 1, Number.MAX_SAFE_INTEGER - MAX_RUNS);
}

function whole(option: string, value: string, least: number, most: number): number {
  const number = Number(value);
  const fits = value !== '' && Number.isInteger(number) && number >= least && number <= most;
  if (fits) return number;
  throw new Error(`${option} takes a whole number from ${least} to ${most}, not "${value}"`);
}

function positive(option: string, value: string): number {
  const number = Number(value);
  if (number > 0 && number <= MAX_MINUTES) return number;
  throw new Error(`${option} takes minutes, a number up to ${MAX_MINUTES}, not "${value}"`);
}
