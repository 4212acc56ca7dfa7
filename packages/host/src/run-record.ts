import { mkdir, readFile, rm } from 'node:fs/promises';
import type { HomePaths } from './paths.ts';
import { isRunning, type ProcessIdentity } from './process-info.ts';
import { replaceFile } from './replace-file.ts';

/**
 * `run/<process>.json`: who runs. Written atomically (mode 0600) by the process
 * itself as soon as it owns its place, again once it is ready, and removed when
 * it stops in order. A starting host adopts a plugin process whose pid and
 * start time are those of the record and whose `runner` and `spec` are what it
 * would start itself.
 */
export interface RunRecord {
  readonly pid: number;
  /** Start time of that pid as the system tells it, so that a reused pid is not taken for it. */
  readonly startTime: string;
  /** Version of the code that runs the plugin. */
  readonly runner: string;
  /** Digest of what the process was started with: plugin folder, config, directory, listen address. */
  readonly spec: string;
  /** Its control socket. */
  readonly socket: string;
  /** False until its `start()` has resolved. */
  readonly ready: boolean;
  /** Port on which it accepts links, or serves metrics (host). */
  readonly port?: number;
  /** ISO 8601. */
  readonly startedAt: string;
}

/** The record of a process, `host` or a plugin's id; undefined when there is none that can be used. */
export async function readRunRecord(
  paths: HomePaths,
  process: string,
): Promise<RunRecord | undefined> {
  let text: string;
  try {
    text = await readFile(paths.runRecord(process), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return parseRecord(text);
}

/** The record, when the process that wrote it still runs. */
export async function readLiveRecord(
  paths: HomePaths,
  process: string,
): Promise<RunRecord | undefined> {
  const record = await readRunRecord(paths, process);
  return record && (await isRunning(record)) ? record : undefined;
}

export async function writeRunRecord(
  paths: HomePaths,
  process: string,
  record: RunRecord,
): Promise<void> {
  await mkdir(paths.run, { recursive: true, mode: 0o700 });
  await replaceFile(paths.runRecord(process), `${JSON.stringify(record, null, 2)}\n`, 0o600);
}

/** Removes the record, unless another process has written its own there meanwhile. */
export async function removeRunRecord(
  paths: HomePaths,
  process: string,
  own: ProcessIdentity,
): Promise<void> {
  const found = await readRunRecord(paths, process);
  if (found && (found.pid !== own.pid || found.startTime !== own.startTime)) return;
  await rm(paths.runRecord(process), { force: true });
}

/** Undefined for what no version of ftctl wrote: it names no process that could be adopted. */
function parseRecord(text: string): RunRecord | undefined {
  try {
    const value = JSON.parse(text) as Partial<RunRecord> | null;
    const usable =
      typeof value?.pid === 'number' &&
      [value.startTime, value.runner, value.spec, value.socket].every((v) => typeof v === 'string');
    return usable ? (value as RunRecord) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
