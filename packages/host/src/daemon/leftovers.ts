import { readdir } from 'node:fs/promises';
import type { HomePaths } from '../paths.ts';

const RECORD = /^([a-z][a-z0-9-]*)\.json$/;

/** Ids of plugins that have a run record, whether or not their process still runs. */
export async function knownProcesses(paths: HomePaths): Promise<readonly string[]> {
  const files = await filesIn(paths.run);
  return files.flatMap((file) => RECORD.exec(file)?.[1] ?? []).filter((id) => id !== 'host');
}

async function filesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
