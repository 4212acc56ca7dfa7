/**
 * `npm run sim -- NAME [--runs N] [--seed S|fresh]`: runs a simulation with the
 * seeds S, S + 1, ... spread over the cores. Exit code 0 when all runs are
 * good, 1 when one failed, 2 when it was called wrongly.
 */
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { describeFailure, type RunOutcome, summaryLine } from '@ftctl/sim';
import { availableSimulations, bundleSimulation } from './bundle.ts';
import { parseOptions, type SimOptions } from './options.ts';
import { runPool } from './pool.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const RUN_LIMIT_MS = 120_000;
const MAX_FAILURES_SHOWN = 3;
const PROGRESS_INTERVAL_MS = 5_000;
/** Signals that end the command early, with the exit codes that shells give them. */
const INTERRUPTS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const;

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  let options: SimOptions;
  try {
    options = parseOptions(args);
    const names = availableSimulations(ROOT);
    if (!names.includes(options.name)) {
      throw new Error(`there is no simulation ${options.name}; there are ${names.join(', ')}`);
    }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.stderr.write('usage: npm run sim -- NAME [--runs N] [--seed S|fresh]\n');
    return 2;
  }
  return run(options);
}

async function run({ name, runs, seed }: SimOptions): Promise<number> {
  const bundled = await bundleSimulation(ROOT, name);
  for (const [signal, code] of INTERRUPTS) {
    process.once(signal, () => {
      rmSync(bundled.folder, { recursive: true, force: true });
      process.exit(code);
    });
  }
  const failures: RunOutcome[] = [];
  let done = 0;
  const progress = setInterval(() => {
    process.stderr.write(`sim ${name}: ${done} of ${runs}, ${failures.length} failed\n`);
  }, PROGRESS_INTERVAL_MS);
  try {
    await runPool({
      file: bundled.file,
      seed,
      runs,
      threads: availableParallelism(),
      runLimitMs: RUN_LIMIT_MS,
      onRun: (outcome) => {
        done += 1;
        if (outcome.problems.length > 0) failures.push(outcome);
      },
    });
  } finally {
    clearInterval(progress);
    await bundled.remove();
  }
  failures.sort((left, right) => left.seed - right.seed);
  for (const failure of failures.slice(0, MAX_FAILURES_SHOWN)) {
    process.stdout.write(`${describeFailure(name, failure)}\n`);
  }
  const hidden = failures.slice(MAX_FAILURES_SHOWN).map((failure) => failure.seed);
  if (hidden.length > 0) process.stdout.write(`failed too: seeds ${hidden.join(', ')}\n`);
  const report = {
    name,
    runs,
    failed: failures.length,
    firstSeed: seed,
    lastSeed: seed + runs - 1,
  };
  process.stdout.write(`${summaryLine(report)}\n`);
  return failures.length === 0 ? 0 : 1;
}
