import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { AttemptId, JobEvent } from '../../src/core/jobman/attempt.ts';
import { attemptKey } from '../../src/io/jobs/attempt-key.ts';
import { type JobRunnerOptions, ProcessJobRunner } from '../../src/io/jobs/process-job-runner.ts';

type LifeOptions = Omit<JobRunnerOptions, 'home'> & {
  readonly onEvent?: (event: JobEvent) => void;
};

/** A folder of a plugin, and runners that live in it one after another. */
export class JobBench {
  readonly home = mkdtempSync(join(tmpdir(), 'ftctl-jobs-'));
  readonly #lives: JobLife[] = [];

  get state(): string {
    return join(this.home, 'jobs/state');
  }

  /** A command that leaves a line each time it is run. */
  counting(job: string, command = ':'): string {
    return `echo ran >> ${this.#counter(job)}; ${command}`;
  }

  runs(job: string): number {
    const file = this.#counter(job);
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0;
  }

  async life({ onEvent, ...options }: LifeOptions): Promise<JobLife> {
    const life = new JobLife({ lookEveryMs: 20, ...options, home: this.home }, onEvent);
    this.#lives.push(life);
    await life.runner.open(life);
    return life;
  }

  async remove(): Promise<void> {
    for (const { runner } of this.#lives) await runner.close();
    rmSync(this.home, { recursive: true, force: true });
  }

  #counter(job: string): string {
    return join(this.home, `ran-${job.replace(/\W/g, '_')}`);
  }
}

/** One life of the plugin in this process; ended by `runner.close()`. */
export class JobLife {
  readonly runner: ProcessJobRunner;
  readonly events: JobEvent[] = [];
  readonly troubles: (string | undefined)[] = [];

  readonly #onEvent: (event: JobEvent) => void;

  constructor(options: JobRunnerOptions, onEvent: (event: JobEvent) => void = () => undefined) {
    this.runner = new ProcessJobRunner(options);
    this.#onEvent = onEvent;
  }

  event(event: JobEvent): void {
    this.events.push(event);
    this.#onEvent(event);
  }

  trouble(why: string | undefined): void {
    this.troubles.push(why);
  }

  /** What was told of an attempt, in order. */
  of(id: AttemptId): JobEvent[] {
    return this.events.filter((event) => attemptKey(event) === attemptKey(id));
  }

  /** Waits for the last event of an attempt. */
  async last(id: AttemptId, timeoutMs = 15_000): Promise<JobEvent> {
    return this.#first(id, (event) => event.kind !== 'claimed', timeoutMs);
  }

  async claimed(id: AttemptId): Promise<JobEvent> {
    return this.#first(id, () => true, 15_000);
  }

  async #first(id: AttemptId, is: (event: JobEvent) => boolean, timeout: number) {
    await expect
      .poll(() => this.of(id).some(is), { timeout, interval: 10, message: attemptKey(id) })
      .toBe(true);
    return this.of(id).find(is) as JobEvent;
  }
}
