import { type Clock, definePlugin, type Plugin, type Store, type Table, text } from '@ftctl/sdk';
import type { JobEvent, Launch } from '../../src/core/jobman/attempt.ts';
import {
  type JobmanInput,
  type JobmanRun,
  type JobmanState,
  type JobmanStep,
  type JobOutcome,
  startJobman,
  stepJobman,
} from '../../src/core/jobman/jobman.ts';
import { type JobmanRow, jobmanRowCodec } from '../../src/core/jobman/row.ts';
import type { JobRunner } from '../../src/io/jobs/job-runner.ts';

const RETRY_MS = 500;

export interface JobPluginConfig {
  /** Jobs that are launched, one after another, each until it is over. */
  readonly jobs: readonly Omit<Launch, 'attempt'>[];
  readonly everyMs: number;
}

/**
 * Jobman between a store, a runner and the smallest batchman: it launches each
 * job of its config, again under the next number while that is void or failed,
 * and stores what became of it: `ATTEMPT KIND`.
 */
export function jobPlugin(runner: JobRunner): Plugin<JobPluginConfig> {
  return definePlugin<JobPluginConfig>({
    setup: (ctx) => {
      const shell = new Shell(ctx.store, ctx.clock, runner, ctx.config);
      return {
        start: () => shell.start(),
        stop: () => runner.close(),
        health: () => ({ state: 'ok' }),
      };
    },
  });
}

export function statusTable(store: Pick<Store, 'table'>): Table<string> {
  return store.table('status', text);
}

class Shell {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #runner: JobRunner;
  readonly #config: JobPluginConfig;
  readonly #rows: Table<JobmanRow>;
  readonly #status: Table<string>;
  #state: JobmanState = startJobman([]).state;
  /** One after another, each until it is on disk: the state has moved on already. */
  #commits: Promise<void> = Promise.resolve();

  constructor(store: Store, clock: Clock, runner: JobRunner, config: JobPluginConfig) {
    this.#store = store;
    this.#clock = clock;
    this.#runner = runner;
    this.#config = config;
    this.#rows = store.table('jobman', jobmanRowCodec);
    this.#status = statusTable(store);
  }

  async start(): Promise<void> {
    await this.#runner.open({
      event: (event) => this.#onEvent(event),
      trouble: () => undefined,
    });
    const first = startJobman(this.#rows.entries().map(([, row]) => row));
    this.#state = first.state;
    for (const run of first.thenRun) this.#run(run);
    // In launched order: what has a status was launched by an earlier life.
    const rest = this.#config.jobs.filter(({ job }) => this.#status.get(job) === undefined);
    this.#launchNext([...rest]);
  }

  #launchNext(jobs: Omit<Launch, 'attempt'>[]): void {
    const next = jobs.shift();
    if (next === undefined) return;
    this.#write([this.#advance({ kind: 'launch', launch: { ...next, attempt: 1 } })]);
    this.#clock.setTimer(this.#config.everyMs, () => this.#launchNext(jobs));
  }

  #onEvent(event: JobEvent): void {
    const command = this.#state.rows.get(event.job)?.command;
    const step = this.#advance({ kind: 'event', event });
    const outcome = step.commit.find((change) => change.kind === 'outcome')?.outcome;
    const didNotRun = outcome?.kind === 'void' || outcome?.kind === 'failed';
    const steps = [step];
    if (didNotRun && command !== undefined) {
      const launch = { job: outcome.job, command, attempt: outcome.attempt + 1 };
      steps.push(this.#advance({ kind: 'launch', launch }));
    }
    this.#write(steps);
  }

  #advance(input: JobmanInput): JobmanStep {
    const step = stepJobman(this.#state, input);
    this.#state = step.state;
    return step;
  }

  /** All of it in one commit. */
  #write(steps: readonly JobmanStep[]): void {
    this.#commits = this.#commits.then(() => this.#commit(steps));
  }

  async #commit(steps: readonly JobmanStep[]): Promise<void> {
    for (;;) {
      try {
        await this.#store.commit((tx) => {
          for (const change of steps.flatMap(({ commit }) => commit)) {
            if (change.kind === 'put') {
              tx.put(this.#rows, change.row.job, change.row);
              tx.put(this.#status, change.row.job, `${change.row.attempt} launched`);
            } else if (change.kind === 'delete') tx.delete(this.#rows, change.job);
            else tx.put(this.#status, change.outcome.job, textOf(change.outcome));
          }
        });
        break;
      } catch {
        // The disk is full for a while; nothing has been changed.
        await new Promise<void>((resolve) => {
          this.#clock.setTimer(RETRY_MS, resolve);
        });
      }
    }
    for (const run of steps.flatMap(({ thenRun }) => thenRun)) this.#run(run);
  }

  #run(run: JobmanRun): void {
    if (run.kind === 'start') this.#runner.start(run.launch);
    else if (run.kind === 'sweep') this.#runner.sweep(run.known);
    else this.#runner[run.kind](run);
  }
}

function textOf({ attempt, kind }: JobOutcome): string {
  return `${attempt} ${kind}`;
}
