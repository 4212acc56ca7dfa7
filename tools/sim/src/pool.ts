import type { Reduction, RunOutcome } from '@ftctl/sim';
import { Player } from './player.ts';

export interface PoolOptions {
  /** The bundled simulation, made to run in a worker thread. */
  readonly file: string;
  readonly seed: number;
  readonly runs: number;
  readonly threads: number;
  /** Longest real time that one run may take. */
  readonly runLimitMs: number;
  /** Real time after which no further run is begun. Default none. */
  readonly maxMs?: number | undefined;
  readonly reduction?: Reduction;
  /** Where to write the history; for one run only. */
  readonly historyFile?: string | undefined;
  readonly onRun: (outcome: RunOutcome) => void;
}

/** Hands the seeds out to worker threads, each a new one when it is done with the one before. */
export async function runPool(options: PoolOptions): Promise<void> {
  let next = options.seed;
  const end = options.seed + options.runs;
  const endMs = performance.now() + (options.maxMs ?? Number.POSITIVE_INFINITY);
  const take = () => {
    if (next >= end || performance.now() >= endMs) return undefined;
    next += 1;
    return next - 1;
  };
  const threads = Math.max(1, Math.min(options.threads, options.runs));
  await Promise.all(Array.from({ length: threads }, () => workThrough(options, take)));
}

async function workThrough(options: PoolOptions, take: () => number | undefined): Promise<void> {
  const { reduction = {}, historyFile } = options;
  const player = new Player(options.file, options.runLimitMs);
  try {
    for (let seed = take(); seed !== undefined; seed = take()) {
      const request = { seed, reduction };
      options.onRun(
        await player.play(historyFile === undefined ? request : { ...request, historyFile }),
      );
    }
  } finally {
    await player.end();
  }
}
