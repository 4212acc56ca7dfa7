import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { describeError } from '@ftctl/sdk';
import { attemptFolder, type Claim, type ExitRecord, FILES } from './attempt-folder.ts';
import { claimName, flushFolder, replaceFlushed } from './durable.ts';
import { jobErrors } from './job-errors.ts';
import type { Attempt, AttemptId, JobEvent, JobRunner } from './job-runner.ts';
import { isAlive, type ProcessIdentity } from './process-identity.ts';

/** Between two looks at what runs. */
const LOOK_MS = 200;
/** The disk refuses: tried again until it is known what became of a job. */
const SETTLE_RETRY_MS = 1_000;
/** Launchers that are being started at the same time. */
const MAX_STARTING = 16;
/** From SIGTERM to SIGKILL. */
const KILL_AFTER_MS = 10_000;
const LOG_PIECE_BYTES = 256 * 1024;
/** Of the plugin's environment, what a job is given. */
const BASE_ENVIRONMENT = ['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'TZ', 'TMPDIR'];

interface Watched extends AttemptId {
  readonly folder: string;
  running: boolean;
  /** Found without a live launcher at the last look: the record may be on its way. */
  gone: boolean;
}

export interface ProcessJobsOptions {
  /** Folder of all attempts. */
  readonly root: string;
  /** The launcher's program. */
  readonly launcher: string;
  readonly onTrouble: (text: string) => void;
}

/** Real jobs: detached launchers, and what they leave in the folder of each attempt. */
export function processJobs(options: ProcessJobsOptions): JobRunner {
  return new ProcessJobs(options);
}

class ProcessJobs implements JobRunner {
  readonly #root: string;
  readonly #onTrouble: (text: string) => void;
  readonly #launcher: string;
  readonly #watched = new Map<string, Watched>();
  readonly #waiting: Attempt[] = [];
  #starting = 0;
  #listener: (event: JobEvent) => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor({ root, launcher, onTrouble }: ProcessJobsOptions) {
    this.#root = root;
    this.#launcher = launcher;
    this.#onTrouble = onTrouble;
    mkdirSync(root, { recursive: true, mode: 0o700 });
  }

  onEvent(listener: (event: JobEvent) => void): void {
    this.#listener = listener;
  }

  start(attempt: Attempt): void {
    this.#waiting.push(attempt);
    this.#startWaiting();
  }

  settle(attempt: AttemptId): void {
    const folder = attemptFolder(this.#root, attempt);
    const { job, attempt: number } = attempt;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const mine: Claim = { void: true };
      if (claimName(join(folder, FILES.claim), JSON.stringify(mine))) {
        setImmediate(() => this.#tell({ kind: 'void', job, attempt: number }));
        return;
      }
      this.#watch({ job, attempt: number, folder, running: false, gone: false });
      setImmediate(() => this.#look());
    } catch (error) {
      this.#onTrouble(`${job}, attempt ${number}, cannot be settled: ${describeError(error)}`);
      setTimeout(() => this.#stopped || this.settle(attempt), SETTLE_RETRY_MS);
    }
  }

  kill(attempt: AttemptId): void {
    const folder = attemptFolder(this.#root, attempt);
    const signal = (name: NodeJS.Signals) => {
      const identity = readJson<ProcessIdentity>(join(folder, FILES.process));
      if (identity === undefined || !isAlive(identity)) return false;
      process.kill(-identity.pid, name);
      return true;
    };
    if (signal('SIGTERM')) setTimeout(() => signal('SIGKILL'), KILL_AFTER_MS).unref();
  }

  forget(attempt: AttemptId): void {
    const folder = attemptFolder(this.#root, attempt);
    this.#watched.delete(folder);
    // The claim stays: a launcher that comes late must find it taken.
    for (const name of [FILES.intent, FILES.process, FILES.exit]) {
      rmSync(join(folder, name), { force: true });
    }
  }

  async readLog(attempt: AttemptId, from: number): Promise<{ bytes: Uint8Array; next: number }> {
    const file = join(attemptFolder(this.#root, attempt), FILES.log);
    if (!existsSync(file)) throw jobErrors.NO_LOG({ job: attempt.job, attempt: attempt.attempt });
    const handle = await open(file, 'r');
    try {
      const { bytesRead, buffer } = await handle.read(
        Buffer.alloc(LOG_PIECE_BYTES),
        0,
        LOG_PIECE_BYTES,
        from,
      );
      return { bytes: buffer.subarray(0, bytesRead), next: from + bytesRead };
    } finally {
      await handle.close();
    }
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #startWaiting(): void {
    while (this.#starting < MAX_STARTING) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#launch(next);
    }
  }

  #launch(attempt: Attempt): void {
    const { job, attempt: number, command } = attempt;
    const folder = attemptFolder(this.#root, attempt);
    const watched = { job, attempt: number, folder, running: false, gone: false };
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const env = { ...baseEnvironment(), ...attempt.env };
      replaceFlushed(join(folder, FILES.intent), JSON.stringify({ command, env }));
      flushFolder(this.#root);
    } catch (error) {
      const why = `its files cannot be written: ${describeError(error)}`;
      setImmediate(() => this.#tell({ kind: 'failed', job, attempt: number, why }));
      return;
    }
    this.#starting += 1;
    let isStarting = true;
    const started = () => {
      if (!isStarting) return;
      isStarting = false;
      this.#starting -= 1;
      this.#startWaiting();
    };
    const child = spawn(process.execPath, [this.#launcher, folder], {
      detached: true,
      stdio: 'ignore',
      cwd: '/',
      env: baseEnvironment(),
    });
    child.unref();
    child.on('error', (error) => {
      started();
      this.#failed(watched, `the launcher cannot be started: ${error.message}`);
    });
    child.on('exit', () => {
      started();
      this.#lookAt(watched);
    });
    setTimeout(started, LOOK_MS).unref();
    this.#watch(watched);
  }

  /** Only when the claim is ours is it sure that no launcher runs it. */
  #failed({ job, attempt, folder }: Watched, why: string): void {
    const mine: Claim = { void: true };
    if (!claimName(join(folder, FILES.claim), JSON.stringify(mine))) return;
    this.#watched.delete(folder);
    this.#tell({ kind: 'failed', job, attempt, why });
  }

  #watch(watched: Watched): void {
    this.#watched.set(watched.folder, watched);
    if (this.#timer === undefined && !this.#stopped) {
      this.#timer = setTimeout(() => this.#lookAgain(), LOOK_MS);
    }
  }

  #lookAgain(): void {
    this.#timer = undefined;
    this.#look();
    if (this.#watched.size > 0 && !this.#stopped) {
      this.#timer = setTimeout(() => this.#lookAgain(), LOOK_MS);
    }
  }

  #look(): void {
    for (const watched of [...this.#watched.values()]) this.#lookAt(watched);
  }

  #lookAt(watched: Watched): void {
    if (this.#watched.get(watched.folder) !== watched || this.#stopped) return;
    const { folder, job, attempt } = watched;
    const exit = readJson<ExitRecord>(join(folder, FILES.exit));
    if (exit !== undefined) {
      this.#watched.delete(folder);
      this.#tell({ kind: 'ended', job, attempt, ...exit });
      return;
    }
    const claim = readJson<Claim>(join(folder, FILES.claim));
    if (claim === undefined) return;
    if ('void' in claim) {
      this.#watched.delete(folder);
      this.#tell({ kind: 'void', job, attempt });
    } else if (isAlive(claim.launcher)) {
      if (!watched.running) this.#tell({ kind: 'running', job, attempt, startMs: claim.startMs });
      watched.running = true;
    } else if (!watched.gone) {
      // Between the look at the record and the look at the process it may have ended: look once more.
      watched.gone = true;
    } else {
      this.#watched.delete(folder);
      const why = 'its launcher is gone and has left no exit record';
      this.#tell({ kind: 'unknown', job, attempt, why });
    }
  }

  #tell(event: JobEvent): void {
    if (!this.#stopped) this.#listener(event);
  }
}

function baseEnvironment(): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name of BASE_ENVIRONMENT) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return env;
}

/** Undefined while the file is not there. @throws what else goes wrong */
function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
