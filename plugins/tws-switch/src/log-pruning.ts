import { describeError, type Timer } from '@ftctl/sdk';
import type { Desk } from './desk.ts';
import type { JobLogs, LogKeep } from './io/jobs/job-runner.ts';
import type { Scheduling } from './scheduling.ts';

const FIRST_MS = 60_000;
const EVERY_MS = 3_600_000;

/** Removes logs of jobs each hour that are older or more than the config allows; never of what runs. */
export class LogPruning {
  readonly #desk: Desk;
  readonly #logs: JobLogs;
  readonly #scheduling: Scheduling;
  readonly #keep: Omit<LogKeep, 'running'>;
  #timer: Timer | undefined;

  constructor(
    desk: Desk,
    { logs, scheduling }: { logs: JobLogs; scheduling: Scheduling },
    keep: Omit<LogKeep, 'running'>,
  ) {
    this.#desk = desk;
    this.#logs = logs;
    this.#scheduling = scheduling;
    this.#keep = keep;
  }

  start(): void {
    this.#later(FIRST_MS);
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #later(delayMs: number): void {
    this.#timer = this.#desk.ctx.clock.setTimer(delayMs, () => {
      this.#later(EVERY_MS);
      void this.#prune();
    });
  }

  async #prune(): Promise<void> {
    const { clock, log } = this.#desk.ctx;
    try {
      const running = this.#scheduling.running;
      const { logs, bytes } = await this.#logs.prune({ ...this.#keep, running }, clock.now());
      if (logs > 0) log.info('logs of jobs removed', { logs, bytes, kept: running.length });
    } catch (error) {
      log.warn(`logs of jobs could not be removed: ${describeError(error)}`);
    }
  }
}
