import {
  type Scheduled,
  type SeededRandom,
  type SimHost,
  WORLD_EPOCH_MS,
  type World,
} from '@ftctl/sim';
import { type AttemptId, attemptName, type Launch } from '../../src/core/jobman/attempt.ts';
import type { ExitRecord } from '../../src/launcher/attempt-files.ts';
import { RECORD_RETRY_MS, RECORD_TRIES } from '../../src/launcher/launch.ts';
import type { SimJobsOptions } from './sim-jobs.ts';

/** The files of one attempt. What is not durable may be gone after a power cut. */
export interface SimAttemptFiles {
  intent: boolean;
  claim:
    | { readonly by: 'runner' }
    | { readonly by: 'launcher'; readonly launcher: SimLauncher; readonly startMs: number }
    | undefined;
  claimDurable: boolean;
  exit: ExitRecord | undefined;
  exitDurable: boolean;
}

/** A launcher process: lives until it has recorded the end, is killed, or the power goes. */
export interface SimLauncher {
  readonly id: AttemptId;
  alive: boolean;
  /** The job that it runs, while that runs. */
  job: { readonly startMs: number; readonly end: Scheduled } | undefined;
  /** Tells the life that started it. `ranNothing`: it left before it ran anything. */
  readonly onExit: (ranNothing: boolean) => void;
}

/** Launchers, jobs and their files on one simulated machine. */
export class SimJobMachine {
  readonly #world: World;
  readonly #host: SimHost;
  readonly #options: Required<SimJobsOptions>;
  readonly #random: SeededRandom;
  readonly #files = new Map<string, SimAttemptFiles>();
  readonly #logs = new Map<string, string>();
  readonly #launchers = new Set<SimLauncher>();
  readonly #watchers = new Set<(name: string) => void>();

  constructor(world: World, host: SimHost, options: Required<SimJobsOptions>) {
    this.#world = world;
    this.#host = host;
    this.#options = options;
    this.#random = world.random.fork(`jobs/${host.name}`);
    host.onPowerLoss(() => this.#losePower());
  }

  get random(): SeededRandom {
    return this.#random;
  }

  get host(): SimHost {
    return this.#host;
  }

  /** Wall clock; that of a plugin may be off. */
  get nowMs(): number {
    return WORLD_EPOCH_MS + Math.floor(this.#world.now);
  }

  /** Names of attempts whose files are there. */
  get names(): readonly string[] {
    return [...this.#files.keys()];
  }

  /** Logs by the name of their attempt; they are kept. */
  get logs(): ReadonlyMap<string, string> {
    return this.#logs;
  }

  find(id: AttemptId): SimAttemptFiles | undefined {
    return this.#files.get(attemptName(id));
  }

  files(id: AttemptId): SimAttemptFiles {
    const name = attemptName(id);
    const found = this.#files.get(name);
    if (found !== undefined) return found;
    const made: SimAttemptFiles = {
      intent: false,
      claim: undefined,
      claimDurable: false,
      exit: undefined,
      exitDurable: false,
    };
    this.#files.set(name, made);
    return made;
  }

  forget(id: AttemptId): void {
    this.#files.delete(attemptName(id));
  }

  /** Calls `listener` with the name of an attempt when its files change. Answers how to stop. */
  watch(listener: (name: string) => void): () => void {
    this.#watchers.add(listener);
    return () => this.#watchers.delete(listener);
  }

  /** Starts a launcher; nothing of the plugin is needed from now on. */
  launch(launch: Launch, onExit: (ranNothing: boolean) => void): void {
    const { job, attempt } = launch;
    const launcher: SimLauncher = { id: { job, attempt }, alive: true, job: undefined, onExit };
    this.#launchers.add(launcher);
    const { launchMs, slowLaunchMs } = this.#options;
    const [least, most] = this.#random.chance(0.05) ? [launchMs[1], slowLaunchMs] : launchMs;
    this.#after(launcher, this.#random.between(least, most), () => this.#claim(launcher, launch));
  }

  /** SIGTERM to a launcher: it kills its job and records that. */
  kill(launcher: SimLauncher): void {
    this.#after(launcher, this.#random.between(0.1, 5), () => {
      const { job } = launcher;
      if (job === undefined) return;
      job.end.cancel();
      this.#end(launcher, { signal: 'SIGTERM' });
    });
  }

  /**
   * A fault: kills a launcher with SIGKILL; its job runs on and nobody will know
   * how it ends. With `onlyRunning` one between claim and record. Answers whether
   * there was any.
   */
  killLauncher(options: { readonly onlyRunning?: boolean } = {}): boolean {
    const some = [...this.#launchers].filter(
      ({ job }) => !options.onlyRunning || job !== undefined,
    );
    if (some.length === 0) return false;
    const launcher = this.#random.pick(some);
    this.#record('job.launcher-killed', launcher.id);
    this.#exit(launcher, false);
    return true;
  }

  /** A fault: kills all launchers and jobs, as when the user's processes are killed. */
  killAll(): void {
    for (const launcher of [...this.#launchers]) {
      launcher.job?.end.cancel();
      this.#record('job.launcher-killed', launcher.id);
      this.#exit(launcher, false);
    }
  }

  #claim(launcher: SimLauncher, launch: Launch): void {
    this.#flush(launcher, (written) => {
      if (!written) return this.#exit(launcher, true);
      const files = this.files(launcher.id);
      if (files.claim !== undefined) return this.#exit(launcher, true);
      files.claim = { by: 'launcher', launcher, startMs: this.nowMs };
      files.claimDurable = false;
      this.#flush(launcher, (flushed) => this.#claimed(launcher, launch, flushed));
    });
  }

  #claimed(launcher: SimLauncher, launch: Launch, flushed: boolean): void {
    const files = this.files(launcher.id);
    if (!files.intent) {
      this.forget(launcher.id);
      this.#exit(launcher, true);
      return;
    }
    if (!flushed) {
      this.#writeRecord(launcher, { outcome: 'failed', why: 'the claim may not be on disk' });
      return;
    }
    files.claimDurable = true;
    this.#record('job.ran', launcher.id);
    this.#logs.set(attemptName(launcher.id), `ran ${launch.command}\n`);
    const { runMs, rc } = this.#options.program(launch, this.#random);
    const end = this.#world.after(runMs, () => this.#end(launcher, { rc }));
    launcher.job = { startMs: this.nowMs, end };
    this.#changed(launcher.id);
  }

  /** The job ends, whether its launcher lives or not. */
  #end(launcher: SimLauncher, how: { readonly rc: number } | { readonly signal: string }): void {
    const { job } = launcher;
    if (job === undefined) return;
    launcher.job = undefined;
    this.#record('job.ended', launcher.id, how);
    const { startMs } = job;
    this.#writeRecord(launcher, { outcome: 'ended', ...how, startMs, endMs: this.nowMs });
  }

  #writeRecord(launcher: SimLauncher, record: ExitRecord, tried = 1): void {
    this.#flush(launcher, (written) => {
      if (!written) {
        if (tried >= RECORD_TRIES) return this.#exit(launcher, false);
        const again = () => this.#writeRecord(launcher, record, tried + 1);
        return this.#after(launcher, RECORD_RETRY_MS, again);
      }
      const files = this.files(launcher.id);
      files.exit = record;
      this.#changed(launcher.id);
      this.#flush(launcher, (flushed) => {
        files.exitDurable = flushed;
        this.#exit(launcher, false);
      });
    });
  }

  #exit(launcher: SimLauncher, ranNothing: boolean): void {
    launcher.alive = false;
    this.#launchers.delete(launcher);
    launcher.onExit(ranNothing);
    this.#changed(launcher.id);
  }

  /** Jobs and launchers die; of what was not flushed, each file is there or not. */
  #losePower(): void {
    for (const launcher of this.#launchers) {
      launcher.alive = false;
      launcher.job?.end.cancel();
    }
    this.#launchers.clear();
    for (const [name, files] of this.#files) {
      if (!files.claimDurable && this.#random.chance(0.5)) files.claim = undefined;
      if (!files.exitDurable && this.#random.chance(0.5)) files.exit = undefined;
      if (this.#random.chance(0.5)) files.intent = false;
      if (files.claim === undefined && !files.intent) this.#files.delete(name);
    }
  }

  #changed(id: AttemptId): void {
    for (const watcher of [...this.#watchers]) watcher(attemptName(id));
  }

  #flush(launcher: SimLauncher, done: (written: boolean) => void): void {
    if (!launcher.alive) return;
    this.#host.disk.flush((written) => {
      if (launcher.alive) done(written);
    });
  }

  #after(launcher: SimLauncher, delayMs: number, run: () => void): void {
    this.#world.after(delayMs, () => {
      if (launcher.alive) run();
    });
  }

  #record(kind: string, { job, attempt }: AttemptId, more: Record<string, unknown> = {}): void {
    this.#world.history.record(kind, { host: this.#host.name, job, attempt, ...more });
  }
}
