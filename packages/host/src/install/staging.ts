import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ownerLives, ownerToken } from './owner.ts';

/** Inside the install root, so that what was staged is moved by a rename. */
const STAGING = '.staging';

/**
 * Gives `work` a folder of its own under `root` and removes it afterwards,
 * whatever happened. Its name says which process made it, so that a later run
 * finds what a killed one left.
 */
export async function withStaging<R>(
  root: string,
  work: (folder: string) => Promise<R>,
): Promise<R> {
  const folder = join(root, STAGING, await ownerToken());
  await mkdir(folder, { recursive: true });
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Removes the staging folders of processes that are gone; answers how many there were. */
export async function removeAbandonedStaging(root: string): Promise<number> {
  const names = await readdir(join(root, STAGING)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  let removed = 0;
  for (const name of names) {
    if (await ownerLives(name)) continue;
    await rm(join(root, STAGING, name), { recursive: true, force: true });
    removed += 1;
  }
  return removed;
}
