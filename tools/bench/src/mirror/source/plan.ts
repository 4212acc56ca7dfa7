import type { JobPart, JobState, Part, StreamPart } from '@ftctl/plan';

/** Plans of any size that nobody runs: 20 of them would be a site's largest day. */

const WS = 'FTA1A';
const ROUND: readonly JobState[] = ['READY', 'INTRO', 'EXEC', 'SUCC'];
const FIRST_MS = Date.UTC(2026, 10, 30);
const START_EVERY_MS = 250;

export class BenchPlan {
  readonly #jobs: number;
  readonly #inEach: number;

  constructor(jobs: number, inEach: number) {
    this.#jobs = jobs;
    this.#inEach = inEach;
  }

  /** Jobs and streams. */
  get count(): number {
    return this.#jobs + Math.ceil(this.#jobs / this.#inEach);
  }

  *parts(): Generator<Part> {
    for (let job = 0; job < this.#jobs; job += 1) {
      if (job % this.#inEach === 0) yield this.#stream(job / this.#inEach);
      yield this.#job(job);
    }
  }

  /** The `n`th change of the plan: job after job goes a step on. */
  change(n: number): { readonly id: string; readonly s: NonNullable<JobPart['s']> } {
    const job = n % this.#jobs;
    const step = Math.floor(n / this.#jobs) + 1;
    return { id: this.#jobId(job), s: this.#status(job, step) };
  }

  #stream(stream: number): StreamPart {
    const id = this.#streamId(stream);
    const last = Math.min((stream + 1) * this.#inEach, this.#jobs);
    const jobs: string[] = [];
    for (let job = stream * this.#inEach; job < last; job += 1) jobs.push(this.#jobId(job));
    return {
      kind: 'stream',
      id,
      def: { id, ws: WS, name: `NIGHT${stream}`, jobs, follows: [], priority: 10, prompts: [] },
      s: { v: { era: 1, n: 1 }, state: 'READY', priority: 10, open: true },
    };
  }

  #job(job: number): JobPart {
    const id = this.#jobId(job);
    const isFirst = job % this.#inEach === 0;
    return {
      kind: 'job',
      id,
      def: {
        id,
        stream: this.#streamId(Math.floor(job / this.#inEach)),
        name: `STEP${job % this.#inEach}`,
        ws: WS,
        command: `/opt/batch/bin/run --step ${job % this.#inEach} --input "/data/in/${job}.csv"`,
        follows: isFirst ? [] : [{ kind: 'job', id: this.#jobId(job - 1) }],
        priority: 10,
        prompts: [],
        recovery: 'stop',
      },
      s: this.#status(job, 0),
    };
  }

  #status(job: number, step: number): NonNullable<JobPart['s']> {
    const startMs = FIRST_MS + job * START_EVERY_MS;
    const state = ROUND[step % ROUND.length] ?? 'READY';
    return {
      v: { era: 1, n: step + 1 },
      state,
      attempt: 1 + Math.floor(step / ROUND.length),
      priority: 10,
      ...(state === 'READY' || state === 'INTRO' ? {} : { startMs }),
      ...(state === 'SUCC' ? { endMs: startMs + 60_000, rc: 0 } : {}),
    };
  }

  #streamId(stream: number): string {
    return `${WS}#NIGHT${stream}.1`;
  }

  #jobId(job: number): string {
    return `${this.#streamId(Math.floor(job / this.#inEach))}.STEP${job % this.#inEach}`;
  }
}
