import { mkdirSync, writeFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ErrorShape } from '@ftctl/sdk';
import { errorShape } from './error-shape.ts';
import type { HomePaths } from './paths.ts';

/** `run/<process>.failure.json`: the last words of a process that ended by an error. */
export interface FailureRecord {
  readonly pid: number;
  /** ISO 8601. */
  readonly at: string;
  readonly error: ErrorShape;
}

/** Written at once, without waiting: the process ends after it. */
export function writeFailure(paths: HomePaths, process_: string, error: unknown): void {
  const record: FailureRecord = {
    pid: process.pid,
    at: new Date().toISOString(),
    error: errorShape(error, process_ === 'host' ? 'the host' : `plugin ${process_}`),
  };
  mkdirSync(paths.run, { recursive: true, mode: 0o700 });
  writeFileSync(fileOf(paths, process_), `${JSON.stringify(record)}\n`, { mode: 0o600 });
}

/** The last words of the process with that pid, if it left any. */
export async function readFailure(
  paths: HomePaths,
  process_: string,
  pid: number,
): Promise<FailureRecord | undefined> {
  try {
    const record = JSON.parse(await readFile(fileOf(paths, process_), 'utf8')) as FailureRecord;
    return record.pid === pid ? record : undefined;
  } catch (error) {
    // None, or one that a crash of the machine has cut.
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (missing || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export async function removeFailure(paths: HomePaths, process_: string): Promise<void> {
  await rm(fileOf(paths, process_), { force: true });
}

function fileOf(paths: HomePaths, process_: string): string {
  return join(paths.run, `${process_}.failure.json`);
}
