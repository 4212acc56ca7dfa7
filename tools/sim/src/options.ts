import { parseArgs } from 'node:util';
import { freshSeed } from '@ftctl/sim';

export interface SimOptions {
  readonly name: string;
  readonly runs: number;
  readonly seed: number;
}

const DEFAULT_RUNS = 100;
const MAX_RUNS = 1_000_000;

/** @throws Error saying what is wrong with the command line */
export function parseOptions(args: readonly string[]): SimOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { runs: { type: 'string' }, seed: { type: 'string' } },
    allowPositionals: true,
  });
  const [name, ...rest] = positionals;
  if (name === undefined || rest.length > 0) throw new Error('give the name of one simulation');
  return {
    name,
    runs: values.runs === undefined ? DEFAULT_RUNS : whole('--runs', values.runs, MAX_RUNS),
    seed: seedOf(values.seed),
  };
}

function seedOf(value: string | undefined): number {
  if (value === undefined) return 1;
  return value === 'fresh'
    ? freshSeed()
    : whole('--seed', value, Number.MAX_SAFE_INTEGER - MAX_RUNS);
}

function whole(option: string, value: string, most: number): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1 && number <= most) return number;
  throw new Error(`${option} takes a whole number from 1 to ${most}, not ${value}`);
}
