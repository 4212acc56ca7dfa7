import { Worker } from 'node:worker_threads';
import type { Reduction, RunOutcome } from '@ftctl/sim';

/** What a worker thread is asked to run. */
export interface RunRequest {
  readonly seed: number;
  readonly reduction: Reduction;
  /** Where to write the history of the run, as JSON lines. */
  readonly historyFile?: string;
}

/** Runs one simulation in a worker thread, which it replaces when a run has broken it. */
export class Player {
  readonly #file: string;
  readonly #runLimitMs: number;
  #worker: Worker;

  /** @param file the bundled simulation. @param runLimitMs longest real time of one run */
  constructor(file: string, runLimitMs: number) {
    this.#file = file;
    this.#runLimitMs = runLimitMs;
    this.#worker = start(file);
  }

  /** One run, one at a time; a worker that dies or takes too long is a failed run. */
  async play(request: RunRequest): Promise<RunOutcome> {
    const { run, broken } = await this.#ask(request);
    if (broken) {
      await this.#worker.terminate();
      this.#worker = start(this.#file);
    }
    return run;
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #ask(request: RunRequest): Promise<{ readonly run: RunOutcome; readonly broken: boolean }> {
    const worker = this.#worker;
    const limitMs = this.#runLimitMs;
    return new Promise((resolve) => {
      const finish = (run: RunOutcome, broken: boolean) => {
        clearTimeout(timer);
        worker.off('message', onDone);
        worker.off('error', onError);
        worker.off('exit', onExit);
        resolve({ run, broken });
      };
      const fail = (problem: string) => finish(failed(request, problem), true);
      const onDone = (run: RunOutcome) => finish(run, false);
      const onError = (error: Error) => fail(`the worker failed: ${error}`);
      const onExit = (code: number) => fail(`the worker ended with ${code}`);
      const timer = setTimeout(() => fail(`took longer than ${limitMs} ms`), limitMs);
      worker.on('message', onDone);
      worker.on('error', onError);
      worker.on('exit', onExit);
      worker.postMessage(request);
    });
  }
}

/** Of what a run makes, most is soon of no use: with room for it, less is copied in vain. */
const YOUNG_GENERATION_MB = 64;

function start(file: string): Worker {
  return new Worker(file, { resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB } });
}

function failed({ seed, reduction }: RunRequest, problem: string): RunOutcome {
  return {
    seed,
    reduction,
    problems: [problem],
    excerpt: [],
    planned: [],
    faultsEndMs: 0,
    workDone: 0,
    digest: '',
    virtualMs: 0,
  };
}
