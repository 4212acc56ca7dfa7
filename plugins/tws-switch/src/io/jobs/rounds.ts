import { describeError } from '@ftctl/sdk';

export interface RoundsOptions {
  readonly everyMs: number;
  /** False while there is nothing to look at: no timer runs then. */
  readonly isNeeded: () => boolean;
  readonly round: () => Promise<void>;
  /** With why a round or task failed; with undefined when all goes well again. */
  readonly onTrouble: (why: string | undefined) => void;
}

/** Most tasks that wait for their turn; more are refused. */
const MAX_TASKS = 20_000;

/**
 * Rounds one after another, never two at once: each `everyMs` while needed, and
 * at once when woken. Tasks run between them. What fails is tried again in the
 * next round.
 */
export class Rounds {
  readonly #options: RoundsOptions;
  #tasks: (() => Promise<void>)[] = [];
  #work: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #woken = false;
  #stopped = false;
  #trouble: string | undefined;

  constructor(options: RoundsOptions) {
    this.#options = options;
  }

  wake(): void {
    this.#woken = true;
    if (this.#work !== undefined || this.#stopped) return;
    clearTimeout(this.#timer);
    this.#work = this.#run();
  }

  /** Does `task` between two rounds, again until it succeeds. */
  also(task: () => Promise<void>): void {
    if (this.#tasks.length >= MAX_TASKS) {
      this.#report(`more than ${MAX_TASKS} tasks wait for the disk`);
      return;
    }
    this.#tasks.push(task);
    this.wake();
  }

  /** Resolves when the present round has ended; no other begins. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#work;
  }

  async #run(): Promise<void> {
    // The caller's own step ends first: what it does next belongs to the same round.
    await Promise.resolve();
    while (this.#woken && !this.#stopped) {
      this.#woken = false;
      await this.#round();
    }
    this.#work = undefined;
    const isNeeded = this.#options.isNeeded() || this.#tasks.length > 0;
    if (this.#stopped || !isNeeded) return;
    this.#timer = setTimeout(() => this.wake(), this.#options.everyMs);
    this.#timer.unref();
  }

  async #round(): Promise<void> {
    const failures = await this.#doTasks();
    if (this.#options.isNeeded()) {
      await this.#options.round().catch((error: unknown) => failures.push(error));
    }
    this.#report(failures.length === 0 ? undefined : describeError(failures[0]));
  }

  /** Answers why some failed; those stay for the next round. */
  async #doTasks(): Promise<unknown[]> {
    const failures: unknown[] = [];
    const tasks = this.#tasks;
    this.#tasks = [];
    for (const task of tasks) {
      try {
        await task();
      } catch (error) {
        failures.push(error);
        this.#tasks.push(task);
      }
    }
    return failures;
  }

  #report(why: string | undefined): void {
    if (why === this.#trouble) return;
    this.#trouble = why;
    if (!this.#stopped) this.#options.onTrouble(why);
  }
}
