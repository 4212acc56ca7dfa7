import { parseArgs } from 'node:util';
import type { Soak } from './soak.ts';

export interface Chosen {
  readonly soak: Soak;
  readonly count: number;
  readonly minutes: number | undefined;
  readonly seed: number;
  readonly json: boolean;
}

const MAX_COUNT = 1_000_000;
const MAX_MINUTES = 7 * 24 * 60;
const MAX_SEED = 2 ** 31;

/** @throws Error saying what is wrong with the command line */
export function parseOptions(args: readonly string[], soaks: readonly Soak[]): Chosen {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      kills: { type: 'string' },
      runs: { type: 'string' },
      count: { type: 'string' },
      minutes: { type: 'string' },
      seed: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  const soak = soaks.find(({ name }) => name === positionals[0]);
  if (soak === undefined || positionals.length !== 1) {
    throw new Error(`give the name of one: ${soaks.map(({ name }) => name).join(', ')}`);
  }
  const count = values.kills ?? values.runs ?? values.count;
  return {
    soak,
    count: count === undefined ? soak.count : whole(`--${soak.unit}`, count, MAX_COUNT),
    minutes:
      values.minutes === undefined ? undefined : whole('--minutes', values.minutes, MAX_MINUTES),
    seed: values.seed === undefined ? 1 : whole('--seed', values.seed, MAX_SEED),
    json: values.json,
  };
}

function whole(option: string, value: string, most: number): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1 && number <= most) return number;
  throw new Error(`${option} takes a whole number from 1 to ${most}, not ${value}`);
}
