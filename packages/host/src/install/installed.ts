import { describeError, type Manifest } from '@ftctl/sdk';
import type { LockedPlugin, Lockfile } from '../lockfile-types.ts';
import { readManifest } from '../manifest.ts';
import { pluginFolder } from './lockfile.ts';

/** A plugin that the lockfile names, with its manifest where that can be read. */
export interface InstalledPlugin extends LockedPlugin {
  readonly id: string;
  /** Absolute path of its package. */
  readonly path: string;
  readonly manifest?: Manifest;
  /** Why the manifest cannot be read, when it cannot. */
  readonly problem?: string;
}

/** Every plugin of a lockfile, by id. A broken one does not hide the others. */
export async function readInstalled(
  home: string,
  lockfile: Lockfile,
): Promise<readonly InstalledPlugin[]> {
  const all = Object.entries(lockfile.plugins).map(async ([id, entry]) => {
    const path = pluginFolder(home, entry);
    try {
      return { id, ...entry, path, manifest: await readManifest(path) };
    } catch (error) {
      return { id, ...entry, path, problem: describeError(error) };
    }
  });
  return Promise.all(all);
}
