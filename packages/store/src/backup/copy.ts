import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dataFile, type LmdbEnv } from '../env-lmdb.ts';

const PROGRESS_INTERVAL_MS = 200;

/** Called now and then with what is being done, and the bytes of it that are done. */
export type OnStep = (step: string, bytes?: number) => void;

/**
 * Copies what is on disk into a new folder, without what is free. A consistent
 * state, also while its plugin writes: LMDB copies one snapshot, page by page,
 * and takes no lock that a writer could hold. LMDB leaves it unflushed and
 * readable for others, so both are put right here.
 */
export async function copyEnv(env: LmdbEnv, folder: string, onStep: OnStep): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const target = dataFile(folder);
  const size = () => statSync(target, { throwIfNoEntry: false })?.size ?? 0;
  const timer = setInterval(() => onStep('copying', size()), PROGRESS_INTERVAL_MS);
  try {
    await env.copyTo(folder);
  } finally {
    clearInterval(timer);
  }
  chmodSync(target, 0o600);
  syncFile(target);
}

export function syncFile(file: string): void {
  const descriptor = openSync(file, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
