import { Worker } from 'node:worker_threads';
import type { RunOutcome } from '@ftctl/sim';

export interface PoolOptions {
  /** The bundled simulation, made to run in a worker thread. */
  readonly file: string;
  readonly seed: number;
  readonly runs: number;
  readonly threads: number;
  /** Longest real time that one run may take. */
  readonly runLimitMs: number;
  readonly onRun: (outcome: RunOutcome) => void;
}

/** Hands the seeds out to worker threads, each a new one when it is done with the one before. */
export async function runPool(options: PoolOptions): Promise<void> {
  let next = options.seed;
  const end = options.seed + options.runs;
  const take = () => {
    if (next >= end) return undefined;
    next += 1;
    return next - 1;
  };
  const threads = Math.max(1, Math.min(options.threads, options.runs));
  await Promise.all(Array.from({ length: threads }, () => workThrough(options, take)));
}

async function workThrough(options: PoolOptions, take: () => number | undefined): Promise<void> {
  let worker = new Worker(options.file);
  try {
    for (let seed = take(); seed !== undefined; seed = take()) {
      const outcome = await runSeed(worker, seed, options.runLimitMs);
      options.onRun(outcome.run);
      if (outcome.broken) {
        await worker.terminate();
        worker = new Worker(options.file);
      }
    }
  } finally {
    await worker.terminate();
  }
}

interface SeedOutcome {
  readonly run: RunOutcome;
  /** True when the worker is of no use any more. */
  readonly broken: boolean;
}

/** One seed in one worker; a worker that dies or takes too long is a failed run. */
function runSeed(worker: Worker, seed: number, limitMs: number): Promise<SeedOutcome> {
  return new Promise((resolve) => {
    const finish = (run: RunOutcome, broken: boolean) => {
      clearTimeout(timer);
      worker.off('message', onDone);
      worker.off('error', onError);
      worker.off('exit', onExit);
      resolve({ run, broken });
    };
    const onDone = (run: RunOutcome) => finish(run, false);
    const onError = (error: Error) => finish(failed(seed, `the worker failed: ${error}`), true);
    const onExit = (code: number) => finish(failed(seed, `the worker ended with ${code}`), true);
    const onLate = () => finish(failed(seed, `took longer than ${limitMs} ms`), true);
    const timer = setTimeout(onLate, limitMs);
    worker.on('message', onDone);
    worker.on('error', onError);
    worker.on('exit', onExit);
    worker.postMessage(seed);
  });
}

function failed(seed: number, problem: string): RunOutcome {
  return { seed, problems: [problem], excerpt: [], digest: '', virtualMs: 0 };
}
