import { relative } from 'node:path';
import type { Manifest } from '@ftctl/sdk';
import type { LockedPlugin, Lockfile } from '../lockfile-types.ts';
import { homePaths } from '../paths.ts';
import { probePlugin } from '../runner/probe-plugin.ts';
import { installErrors } from './errors.ts';
import { checkFitsHost } from './host-fit.ts';
import { readInstalled } from './installed.ts';
import { withInstallLock } from './lock.ts';
import { readLockfile, withPlugin, writeLockfile } from './lockfile.ts';
import { type Prepared, place, prepare, unplace } from './prepare.ts';
import type { Confirm, OnProgress } from './progress.ts';
import { removeUnrecorded, removeUnreferenced } from './prune.ts';
import { parseSource } from './source.ts';
import { removeAbandonedStaging, withStaging } from './staging.ts';

export interface AddOptions {
  readonly home: string;
  /** `NAME[@RANGE]`, `./dir` or `./file.tgz`. */
  readonly source: string;
  /** What a relative path is relative to; default the process's working directory. */
  readonly cwd?: string;
  /** Registry to ask instead of the one that npm is set up for. */
  readonly registry?: string;
  /** Entry module of the process in which plugins run, for the probe. */
  readonly runner: string;
  /** Root of version folders that several homes share; default the home's own. */
  readonly installRoot?: string;
  readonly onProgress?: OnProgress;
  /** Asked before any code of the plugin runs; without it the answer is yes. */
  readonly confirm?: Confirm;
}

export interface AddedPlugin {
  readonly id: string;
  readonly package: string;
  readonly version: string;
  readonly integrity: string;
  /** Absolute path of the version folder. */
  readonly folder: string;
  readonly manifest: Manifest;
  /** What the lockfile named under this id before. */
  readonly replaced?: LockedPlugin;
}

/**
 * Installs a plugin into a home, or another version of it: fetches it as a
 * tarball, checks it without running it, shows its permissions, tries it in a
 * throwaway process, moves it to a version folder that never changes again, and
 * then names it in the lockfile. Whatever fails, what was installed before
 * stays, and nothing half-done is left; what a killed run left is cleaned up by
 * the next one. Starting the plugin is the host's part.
 *
 * @throws FtError FT_INSTALL_*, FT_HOST_MANIFEST, FT_HOST_API, FT_HOST_PROBE
 */
export async function addPlugin(options: AddOptions): Promise<AddedPlugin> {
  const source = await parseSource(options.source, options.cwd);
  const root = options.installRoot ?? homePaths(options.home).plugins;
  return withInstallLock(options.home, async () => {
    const lockfile = await readLockfile(options.home);
    await removeAbandonedStaging(root);
    await removeUnrecorded(options.home, lockfile);
    return withStaging(root, async (staging) => {
      const { registry, onProgress = () => undefined } = options;
      const named = options.source;
      const prepared = await prepare({ source, named, root, staging, registry, onProgress });
      await admit(prepared, lockfile, options, onProgress);
      onProgress('move', prepared.plugin.packageJson.version);
      const folder = await place(prepared, root, staging);
      onProgress('record', homePaths(options.home).lockfile);
      // A path is kept whole, so that it means the same wherever it is read.
      const from = source.kind === 'registry' ? source.spec : source.path;
      return record(prepared, folder, lockfile, { ...options, source: from });
    });
  });
}

/** Everything that may still say no: the host's other plugins, the operator, the plugin's own code. */
async function admit(
  { plugin, isStaged }: Prepared,
  lockfile: Lockfile,
  options: AddOptions,
  onProgress: OnProgress,
): Promise<void> {
  const { manifest, packageJson, folder } = plugin;
  const installed = await readInstalled(options.home, lockfile);
  checkFitsHost({ package: packageJson.name, manifest }, installed);
  const replaces = lockfile.plugins[manifest.id];
  const plan = {
    id: manifest.id,
    package: packageJson.name,
    version: packageJson.version,
    source: options.source,
    permissions: manifest.permissions ?? {},
    manifest,
    ...(replaces && { replaces }),
  };
  if (options.confirm && !(await options.confirm(plan))) {
    throw installErrors.DECLINED({ id: manifest.id });
  }
  if (!isStaged) return;
  onProgress('probe', manifest.id);
  await probePlugin({ folder, runner: options.runner });
}

async function record(
  { plugin, integrity, isStaged }: Prepared,
  folder: string,
  lockfile: Lockfile,
  { home, source, installRoot }: AddOptions,
): Promise<AddedPlugin> {
  const { manifest, packageJson } = plugin;
  const { id } = manifest;
  const replaced = lockfile.plugins[id];
  const entry: LockedPlugin = {
    package: packageJson.name,
    version: packageJson.version,
    source,
    integrity,
    folder: installRoot === undefined ? relative(home, folder) : folder,
    addedAt: new Date().toISOString(),
  };
  try {
    await writeLockfile(home, withPlugin(lockfile, id, entry));
  } catch (error) {
    // A shared folder is complete, and another home may have taken it already.
    if (isStaged && installRoot === undefined) await unplace(folder);
    throw error;
  }
  const kept = replaced ? [entry, replaced] : [entry];
  await removeUnreferenced(home, id, kept);
  const { package: name, version } = entry;
  return {
    id,
    package: name,
    version,
    integrity,
    folder,
    manifest,
    ...(replaced && { replaced }),
  };
}
