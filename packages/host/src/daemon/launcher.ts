import { spawn } from 'node:child_process';
import { mkdir, open, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readFailure } from '../failure-record.ts';
import type { HomePaths } from '../paths.ts';
import type { StartFile } from '../plugin-spec.ts';
import { type ProcessIdentity, processStartTime } from '../process-info.ts';
import { replaceFile } from '../replace-file.ts';
import { type RunRecord, readLiveRecord } from '../run-record.ts';
import { pluginEnvironment } from '../runner/environment.ts';
import type { PlannedLaunch } from './plan.ts';

/** Size at which the file for a process's own output is put aside when it starts. */
const MAX_OUTPUT_FILE_BYTES = 1 << 20;

/** How much of what a process has printed is searched for why it ended. */
const MAX_LAST_WORDS_BYTES = 16_384;

export interface Launched {
  readonly identity: ProcessIdentity;
  /** Resolves with why it ended. */
  readonly exited: Promise<string>;
}

export interface LauncherOptions {
  readonly paths: HomePaths;
  /** Path of the runner's entry module. */
  readonly runner: string;
  /** Version of the code that runs the plugins. */
  readonly version: string;
}

/** Starts plugin processes, and finds those that run already. */
export class Launcher {
  readonly #options: LauncherOptions;

  constructor(options: LauncherOptions) {
    this.#options = options;
  }

  /** The process that runs a plugin, whoever has started it. */
  find(plugin: string): Promise<RunRecord | undefined> {
    return readLiveRecord(this.#options.paths, plugin);
  }

  /** Why a running process is not what would be started now; undefined when it is. */
  misfit(record: RunRecord, launch: PlannedLaunch): string | undefined {
    if (record.runner !== this.#options.version) return `it runs with ftctl ${record.runner}`;
    if (record.spec !== launch.digest) return 'its version or configuration has changed';
    return undefined;
  }

  /** Starts a process that outlives this one: own session, no pipe, no channel. */
  async launch({ spec, digest, manifest }: PlannedLaunch): Promise<Launched> {
    const { paths, runner, version } = this.#options;
    const { plugin } = spec;
    await mkdir(paths.run, { recursive: true, mode: 0o700 });
    await mkdir(paths.data(plugin), { recursive: true, mode: 0o700 });
    const socket = paths.socket(plugin);
    const start: StartFile = { spec, manifest, digest, runner: version, socket };
    const startFile = join(paths.run, `${plugin}.start.json`);
    await replaceFile(startFile, JSON.stringify(start), 0o600);
    const output = await openOutputFile(paths, plugin);
    const { size: printedBefore } = await output.stat();
    try {
      const memoryMb = manifest.limits?.memoryMb;
      const flags = memoryMb === undefined ? [] : [`--max-old-space-size=${memoryMb}`];
      const child = spawn(process.execPath, [...flags, runner, 'plugin', startFile], {
        detached: true,
        stdio: ['ignore', output.fd, output.fd],
        cwd: paths.data(plugin),
        env: pluginEnvironment(manifest),
      });
      child.unref();
      const exited = new Promise<string>((resolve) => {
        child.once('exit', (code, signal) => {
          const plain = signal ? `killed by ${signal}` : `exit code ${code}`;
          void this.#lastWords(plugin, child.pid ?? 0, plain, printedBefore).then(resolve);
        });
      });
      await new Promise<void>((resolve, reject) => {
        child.once('spawn', resolve);
        child.once('error', reject);
      });
      const pid = child.pid as number;
      // A child that has ended already keeps its entry until we have seen it.
      const startTime = (await processStartTime(pid)) ?? 'ended';
      return { identity: { pid, startTime }, exited };
    } finally {
      await output.close();
    }
  }

  /** The last words of a process, else what is known from outside. */
  async whyEnded(plugin: string, pid: number, plain: string): Promise<string> {
    const failure = await readFailure(this.#options.paths, plugin, pid);
    return failure ? `${failure.error.code}: ${failure.error.message}` : plain;
  }

  /** The same with what the process has printed when it could not say more. */
  async #lastWords(plugin: string, pid: number, plain: string, from: number): Promise<string> {
    const why = await this.whyEnded(plugin, pid, plain);
    if (why !== plain) return why;
    const error = await printedError(this.#options.paths, plugin, from);
    return error === undefined ? plain : `${plain}: ${error}`;
  }
}

/** The line that names the error in what a process has printed since its start. */
async function printedError(
  paths: HomePaths,
  process_: string,
  from: number,
): Promise<string | undefined> {
  const file = await openOutputFile(paths, process_);
  try {
    const buffer = Buffer.alloc(MAX_LAST_WORDS_BYTES);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
    const lines = buffer.toString('utf8', 0, bytesRead).split('\n');
    return lines.find((line) => /^\w*Error\b|FATAL ERROR/.test(line))?.trim();
  } finally {
    await file.close();
  }
}

/** What a process prints outside its log goes to `log/<process>.err`, of bounded size at its start. */
export async function openOutputFile(paths: HomePaths, process_: string) {
  await mkdir(paths.logs, { recursive: true, mode: 0o700 });
  const file = join(paths.logs, `${process_}.err`);
  try {
    if ((await stat(file)).size > MAX_OUTPUT_FILE_BYTES) await rename(file, `${file}.1`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return open(file, 'a+', 0o600);
}
