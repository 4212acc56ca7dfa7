/**
 * `npm run sim -- NAME [options]`: runs a simulation with many seeds over the
 * cores, and makes the first failure short. See `--help`.
 */
import { rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import {
  describeFailure,
  describeShrunk,
  type RunOutcome,
  type Shrunk,
  shrinkRun,
  summaryLine,
} from '@ftctl/sim';
import { availableSimulations, type BundledSimulation, bundleSimulation } from './bundle.ts';
import { HELP, parseOptions, type SimOptions } from './options.ts';
import { Player } from './player.ts';
import { runPool } from './pool.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const RUN_LIMIT_MS = 120_000;
const SHRINK_RUN_LIMIT_MS = 30_000;
const MAX_FAILURES_SHOWN = 3;
const PROGRESS_INTERVAL_MS = 5_000;
/** Signals that end the command early, with the exit codes that shells give them. */
const INTERRUPTS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const;

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const names = availableSimulations(ROOT);
  let options: SimOptions | undefined;
  let bundled: BundledSimulation;
  try {
    options = parseOptions(args);
    if (options === undefined) {
      process.stdout.write(`${HELP}\nSimulations: ${names.join(', ')}\n`);
      return 0;
    }
    bundled = await bundleSimulation(ROOT, options.name);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.stderr.write('usage: npm run sim -- NAME [options]; --help lists them\n');
    return 2;
  }
  for (const [signal, code] of INTERRUPTS) {
    process.once(signal, () => {
      rmSync(bundled.folder, { recursive: true, force: true });
      process.exit(code);
    });
  }
  try {
    return await run(options, bundled.file);
  } finally {
    await bundled.remove();
  }
}

async function run(options: SimOptions, file: string): Promise<number> {
  const { name, seed, json } = options;
  // With --json stdout carries the object alone.
  const say = (text: string) => (json ? process.stderr : process.stdout).write(`${text}\n`);
  const { runs, failures } = await runAll(options, file);
  const [first] = failures;
  for (const failure of failures.slice(0, MAX_FAILURES_SHOWN)) {
    // The story of the first is told when it is short.
    const excerpt = failure !== first || !options.shrink;
    say(describeFailure(name, failure, { excerpt }));
  }
  const hidden = failures.slice(MAX_FAILURES_SHOWN).map((failure) => failure.seed);
  if (hidden.length > 0) say(`failed too: seeds ${hidden.join(', ')}`);
  const shrunk = first !== undefined && options.shrink ? await shrink(file, first) : undefined;
  if (shrunk !== undefined) say(describeShrunk(name, shrunk).join('\n'));
  const counts = {
    name,
    runs,
    failed: failures.length,
    firstSeed: seed,
    lastSeed: seed + runs - 1,
  };
  if (json) {
    const failedSeeds = failures.map((failure) => failure.seed);
    const reduction = shrunk?.outcome.reduction;
    process.stdout.write(`${JSON.stringify({ ...counts, failedSeeds, reduction })}\n`);
  } else say(summaryLine(counts));
  return failures.length === 0 ? 0 : 1;
}

async function runAll(options: SimOptions, file: string) {
  const { name, seed, runs, minutes, reduction, historyFile } = options;
  const failures: RunOutcome[] = [];
  let done = 0;
  const progress = setInterval(() => {
    const all = minutes === undefined ? `${done} of ${runs}` : `${done} runs`;
    process.stderr.write(`sim ${name}: ${all}, ${failures.length} failed\n`);
  }, PROGRESS_INTERVAL_MS);
  try {
    await runPool({
      file,
      seed,
      runs,
      reduction,
      historyFile: historyFile === undefined ? undefined : resolve(historyFile),
      maxMs: minutes === undefined ? undefined : minutes * 60_000,
      threads: availableParallelism(),
      runLimitMs: RUN_LIMIT_MS,
      onRun: (outcome) => {
        done += 1;
        const [problem] = outcome.problems;
        if (problem === undefined) return;
        failures.push(outcome);
        // Told at once: many runs take long.
        process.stderr.write(
          `sim ${name}: seed ${outcome.seed} failed: ${problem.split('\n', 1)[0]}\n`,
        );
      },
    });
  } finally {
    clearInterval(progress);
  }
  failures.sort((left, right) => left.seed - right.seed);
  return { runs: done, failures };
}

async function shrink(file: string, failure: RunOutcome): Promise<Shrunk> {
  const player = new Player(file, SHRINK_RUN_LIMIT_MS);
  try {
    const { seed } = failure;
    return await shrinkRun((reduction) => player.play({ seed, reduction }), failure);
  } finally {
    await player.end();
  }
}
