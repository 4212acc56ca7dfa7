import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LockedPlugin, Lockfile } from '../lockfile-types.ts';
import { homePaths } from '../paths.ts';
import { pluginFolder } from './lockfile.ts';
import { folders } from './version-folder.ts';

/**
 * Removes the version folders of one plugin from the home's own root, save
 * those of `kept`. A root that several homes share is never pruned here.
 */
export async function removeUnreferenced(
  home: string,
  id: string,
  kept: readonly LockedPlugin[],
): Promise<void> {
  const parent = join(homePaths(home).plugins, id);
  const keep = new Set(kept.map((entry) => pluginFolder(home, entry)));
  let left = 0;
  for (const name of await folders(parent)) {
    const folder = join(parent, name);
    if (keep.has(folder)) left += 1;
    else await rm(folder, { recursive: true, force: true });
  }
  if (left === 0) await rm(parent, { recursive: true, force: true });
}

/**
 * Removes the folders of plugins that the lockfile does not name: a run was
 * killed after it had moved a version into its place and before it recorded it.
 */
export async function removeUnrecorded(home: string, lockfile: Lockfile): Promise<void> {
  const root = homePaths(home).plugins;
  for (const id of await folders(root)) {
    if (lockfile.plugins[id] !== undefined) continue;
    await rm(join(root, id), { recursive: true, force: true });
  }
}
