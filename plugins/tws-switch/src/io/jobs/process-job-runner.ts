import { describeError } from '@ftctl/sdk';
import type { AttemptId, JobEvent, LastJobEvent, Launch } from '../../core/jobman/attempt.ts';
import { attemptKey } from './attempt-key.ts';
import { examine, type Verdict } from './examine.ts';
import { JobFolder } from './job-folder.ts';
import { FolderLogs } from './job-logs.ts';
import type { JobListener, JobLogs, JobRunner } from './job-runner.ts';
import { killJob } from './kill-job.ts';
import { Rounds } from './rounds.ts';
import { builtLauncher, startLauncher } from './start-launcher.ts';
import { sweep } from './sweep.ts';
import { type JobSystem, operatingSystem, running } from './system.ts';
import { type Watched, watch } from './watched.ts';

export interface JobRunnerOptions {
  /** Folder for the plugin's own files, `ctx.host.home`. */
  readonly home: string;
  /** Path of the launcher's entry module. Default: the one beside the plugin. */
  readonly launcher?: string;
  /** Most launchers that start at once: each takes a processor for a moment. Default 8. */
  readonly maxStarting?: number;
  /** From SIGTERM to SIGKILL when a job is killed. Default 10,000. */
  readonly killGraceMs?: number;
  /** How often is looked what launchers did. Default 200. */
  readonly lookEveryMs?: number;
  /** A launcher that has not claimed its attempt by then must not any more. Default 60,000. */
  readonly claimWithinMs?: number;
  readonly system?: JobSystem;
}

/** Most attempts that are watched at once. */
const MAX_WATCHED = 20_000;
/** Most launchers of earlier lives that are looked up in one round. */
const MAX_LOOKED_UP = 64;

/** Runs jobs as real processes, each under a launcher of its own. */
export class ProcessJobRunner implements JobRunner {
  readonly logs: JobLogs;
  readonly #folder: JobFolder;
  readonly #launcher: string;
  readonly #system: JobSystem;
  readonly #maxStarting: number;
  readonly #killGraceMs: number;
  readonly #claimWithinMs: number;
  readonly #watched = new Map<string, Watched>();
  readonly #rounds: Rounds;
  #listener: JobListener | undefined;
  #lookedUp = 0;

  constructor(options: JobRunnerOptions) {
    this.#folder = new JobFolder(options.home);
    this.logs = new FolderLogs(this.#folder.log);
    this.#launcher = options.launcher ?? builtLauncher();
    this.#system = options.system ?? operatingSystem;
    this.#maxStarting = options.maxStarting ?? 8;
    this.#killGraceMs = options.killGraceMs ?? 10_000;
    this.#claimWithinMs = options.claimWithinMs ?? 60_000;
    this.#rounds = new Rounds({
      everyMs: options.lookEveryMs ?? 200,
      isNeeded: () => this.#watched.size > 0,
      round: () => this.#look(),
      onTrouble: (why) => this.#listener?.trouble(why),
    });
  }

  async open(listener: JobListener): Promise<void> {
    await this.#folder.make();
    this.#listener = listener;
    this.#rounds.wake();
  }

  start(launch: Launch): void {
    this.#watch(launch, { at: 'queued', launch });
  }

  settle(attempt: AttemptId): void {
    this.#watch(attempt, { at: 'settling' });
  }

  kill(attempt: AttemptId): void {
    const entry = this.#watched.get(attemptKey(attempt));
    if (entry === undefined) return;
    // Asked for again: signalled again.
    entry.kill = 'wanted';
    this.#rounds.wake();
  }

  forget(attempt: AttemptId): void {
    const key = attemptKey(attempt);
    if (!this.#watched.has(key)) this.#rounds.also(() => this.#folder.forget(key));
  }

  sweep(known: readonly AttemptId[]): void {
    const keys = known.map(attemptKey);
    this.#rounds.also(() =>
      sweep(this.#folder, this.#system, new Set([...keys, ...this.#watched.keys()])),
    );
  }

  async close(): Promise<void> {
    this.#listener = undefined;
    await this.#rounds.stop();
  }

  #watch(id: AttemptId, stage: Watched['stage']): void {
    const { job, attempt } = id;
    let key: string;
    try {
      key = attemptKey(id);
    } catch (error) {
      this.#tell({ job, attempt, kind: 'failed', why: describeError(error) });
      return;
    }
    if (this.#watched.has(key)) return;
    if (this.#watched.size >= MAX_WATCHED && stage.at === 'queued') {
      const why = `${MAX_WATCHED} jobs are under way, more are not watched`;
      this.#tell({ job, attempt, kind: 'failed', why });
      return;
    }
    this.#watched.set(key, watch({ job, attempt }, key, stage));
    this.#rounds.wake();
  }

  /** One look at everything that is under way. One attempt's trouble does not hold up the others. */
  async #look(): Promise<void> {
    const names = await this.#folder.names();
    let trouble: { readonly error: unknown } | undefined;
    const gone = this.#goneLaunchers();
    this.#startQueued();
    for (const entry of [...this.#watched.values()]) {
      try {
        await this.#lookAt(entry, names, gone);
      } catch (error) {
        trouble ??= { error };
      }
    }
    if (trouble !== undefined) throw trouble.error;
  }

  async #lookAt(
    entry: Watched,
    names: ReadonlySet<string>,
    gone: ReadonlySet<Watched>,
  ): Promise<void> {
    const view = {
      folder: this.#folder,
      system: this.#system,
      names,
      launcherGone: gone.has(entry),
      overdue: this.#isOverdue(entry),
    };
    this.#take(entry, await examine(entry, view));
    if (entry.stage.at === 'claimed' && entry.kill === 'wanted') {
      entry.kill = 'sent';
      await killJob(this.#folder, this.#system, entry.key, entry.stage.claim, this.#killGraceMs);
    }
  }

  #take(entry: Watched, verdict: Verdict): void {
    const { id } = entry;
    if (verdict.kind === 'wait') return;
    if (verdict.kind !== 'claimed') {
      this.#finish(entry, { ...id, ...verdict });
      return;
    }
    const { claim, own } = verdict;
    entry.stage = { at: 'claimed', claim, own };
    this.#tell({ ...id, kind: 'claimed', startMs: claim.atMs });
    if (this.#hasQueued()) this.#rounds.wake();
  }

  /** Beside the rounds, so that slow starts hold up no look. */
  #launch(entry: Watched, launch: Launch): void {
    entry.stage = { at: 'starting' };
    const { key } = entry;
    const [folder, launcher, killGraceMs] = [this.#folder, this.#launcher, this.#killGraceMs];
    startLauncher(launch, { folder, key, launcher, killGraceMs }).then(
      ({ pid, onExit }) => {
        entry.stage = { at: 'launched', pid, sinceMs: performance.now() };
        onExit((code, signal) => {
          entry.launcherEnd = { pid, code, signal };
          this.#rounds.wake();
        });
        this.#rounds.wake();
      },
      (error: unknown) => {
        // No launcher runs, and none ever will for this attempt.
        const why = `its launcher cannot be started: ${describeError(error)}`;
        this.#finish(entry, { ...entry.id, kind: 'failed', why });
        this.#rounds.wake();
      },
    );
  }

  #finish(entry: Watched, event: LastJobEvent): void {
    this.#watched.delete(entry.key);
    this.#tell(event);
    if (this.#hasQueued()) this.#rounds.wake();
  }

  #tell(event: JobEvent): void {
    // Never inside the call that led to it.
    queueMicrotask(() => this.#listener?.event(event));
  }

  #startQueued(): void {
    let starting = 0;
    for (const { stage } of this.#watched.values()) {
      if (stage.at === 'starting' || stage.at === 'launched') starting += 1;
    }
    for (const entry of this.#watched.values()) {
      if (starting >= this.#maxStarting) return;
      if (entry.stage.at !== 'queued' || entry.kill !== 'no') continue;
      this.#launch(entry, entry.stage.launch);
      starting += 1;
    }
  }

  #hasQueued(): boolean {
    for (const { stage } of this.#watched.values()) if (stage.at === 'queued') return true;
    return false;
  }

  #isOverdue({ stage }: Watched): boolean {
    return stage.at === 'launched' && performance.now() - stage.sinceMs > this.#claimWithinMs;
  }

  /** Launchers of earlier lives have no parent here: their processes are looked up, some each time. */
  #goneLaunchers(): ReadonlySet<Watched> {
    const adopted = [...this.#watched.values()].filter(
      ({ stage }) => stage.at === 'claimed' && !stage.own,
    );
    if (this.#lookedUp >= adopted.length) this.#lookedUp = 0;
    const some = adopted.slice(this.#lookedUp, this.#lookedUp + MAX_LOOKED_UP);
    this.#lookedUp += some.length;
    const claims = some.flatMap(({ stage }) => (stage.at === 'claimed' ? [stage.claim] : []));
    const alive = running(this.#system, claims);
    return new Set(some.filter(({ stage }) => stage.at === 'claimed' && !alive.has(stage.claim)));
  }
}
