import { open, readdir, stat, unlink } from 'node:fs/promises';
import type { JobId } from '@ftctl/plan';
import type { AttemptId } from '../../core/jobman/attempt.ts';
import { codeOf } from '../../launcher/disk.ts';
import { attemptKey, attemptsAmong } from './attempt-key.ts';
import { jobErrors } from './errors.ts';
import {
  type JobLogs,
  type LogKeep,
  type LogPiece,
  type LogRange,
  MAX_LOG_PIECE_BYTES,
  type Pruned,
} from './job-runner.ts';

const SUFFIX = '.log';
const DAY_MS = 86_400_000;

/** Folder of the logs within the folder of the plugin's own files. */
export function logFolder(home: string): string {
  return `${home}/jobs/log`;
}

export function logFile(folder: string, attempt: AttemptId): string {
  return `${folder}/${attemptKey(attempt)}${SUFFIX}`;
}

/** The logs in a folder; it need not exist. */
export class FolderLogs implements JobLogs {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async attempts(job: JobId): Promise<readonly number[]> {
    return attemptsAmong(await this.#names(), job, SUFFIX);
  }

  async read(attempt: AttemptId, range?: LogRange): Promise<LogPiece> {
    const file = await this.#open(attempt);
    try {
      const { size: sizeBytes } = await file.stat();
      const { fromByte, bytes: wanted } = pieceOf(sizeBytes, range);
      const buffer = Buffer.alloc(wanted);
      const { bytesRead } = await file.read(buffer, 0, wanted, fromByte);
      return { bytes: buffer.subarray(0, bytesRead), fromByte, sizeBytes };
    } finally {
      await file.close();
    }
  }

  async prune(limits: LogKeep, nowMs: number): Promise<Pruned> {
    const kept = new Set(limits.running.map((attempt) => `${attemptKey(attempt)}${SUFFIX}`));
    const logs = (await this.#sizes()).sort((one, other) => one.changedMs - other.changedMs);
    const oldestMs = nowMs - limits.maxAgeDays * DAY_MS;
    let left = logs.reduce((sum, { bytes }) => sum + bytes, 0);
    const pruned = { logs: 0, bytes: 0 };
    for (const { name, bytes, changedMs } of logs) {
      if (changedMs >= oldestMs && left <= limits.maxTotalBytes) break;
      if (kept.has(name)) continue;
      await unlink(`${this.#folder}/${name}`);
      left -= bytes;
      pruned.logs += 1;
      pruned.bytes += bytes;
    }
    return pruned;
  }

  async #open(attempt: AttemptId) {
    try {
      return await open(logFile(this.#folder, attempt), 'r');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') throw jobErrors.NO_LOG({ ...attempt });
      throw error;
    }
  }

  async #sizes() {
    const sizes: { name: string; bytes: number; changedMs: number }[] = [];
    for (const name of await this.#names()) {
      if (!name.endsWith(SUFFIX)) continue;
      const { size, mtimeMs } = await stat(`${this.#folder}/${name}`);
      sizes.push({ name, bytes: size, changedMs: mtimeMs });
    }
    return sizes;
  }

  async #names(): Promise<string[]> {
    try {
      return await readdir(this.#folder);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    }
  }
}

/** Bounded, whatever is asked for. */
function pieceOf(sizeBytes: number, range: LogRange = { lastBytes: MAX_LOG_PIECE_BYTES }) {
  if ('lastBytes' in range) {
    const bytes = Math.min(Math.max(0, range.lastBytes), MAX_LOG_PIECE_BYTES, sizeBytes);
    return { fromByte: sizeBytes - bytes, bytes };
  }
  const fromByte = Math.min(Math.max(0, range.fromByte), sizeBytes);
  const most = Math.min(range.maxBytes ?? MAX_LOG_PIECE_BYTES, MAX_LOG_PIECE_BYTES);
  return { fromByte, bytes: Math.min(Math.max(0, most), sizeBytes - fromByte) };
}
