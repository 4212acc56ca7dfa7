import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { installDependencies } from './dependencies.ts';
import { extractTarball } from './extract.ts';
import {
  checkInstallable,
  checkLoadable,
  type PluginPackage,
  readPackage,
  runtimeDependencies,
} from './package-check.ts';
import type { OnProgress } from './progress.ts';
import type { Source } from './source.ts';
import { fetchTarball, type Tarball } from './tarball.ts';
import {
  findVersionFolder,
  moveIntoPlace,
  sealFolder,
  versionFolderName,
} from './version-folder.ts';

/** A package that was fetched and checked, and that no code of was run yet. */
export interface Prepared {
  readonly plugin: PluginPackage;
  readonly integrity: string;
  /** False when the version folder stands already: nothing is left to be done. */
  readonly isStaged: boolean;
}

export interface PrepareOptions {
  readonly source: Source;
  /** What the operator named, for errors. */
  readonly named: string;
  /** Root of version folders. */
  readonly root: string;
  /** Folder of this run alone, on the same file system. */
  readonly staging: string;
  readonly registry?: string | undefined;
  readonly onProgress: OnProgress;
}

/** Fetches a package and gets it ready in the staging folder, unless it is installed already. */
export async function prepare(options: PrepareOptions): Promise<Prepared> {
  const { source, named, root, staging, registry, onProgress } = options;
  onProgress('fetch', named);
  const tarball = await fetchTarball(source, join(staging, 'tarball'), registry);
  const present = await findVersionFolder(root, tarball.integrity);
  if (present !== undefined) {
    const plugin = await readPackage(present);
    await checkLoadable(plugin);
    return { plugin, integrity: tarball.integrity, isStaged: false };
  }
  const plugin = await unpack(tarball, options);
  return { plugin, integrity: tarball.integrity, isStaged: true };
}

async function unpack(tarball: Tarball, options: PrepareOptions): Promise<PluginPackage> {
  const { named, staging, registry, onProgress } = options;
  const folder = join(staging, 'package');
  onProgress('unpack', named);
  await extractTarball(tarball.path, folder, named);
  const plugin = await readPackage(folder);
  onProgress('check', `${plugin.packageJson.name}@${plugin.packageJson.version}`);
  await checkLoadable(plugin);
  await checkInstallable(plugin);
  const dependencies = Object.keys(runtimeDependencies(plugin.packageJson));
  if (dependencies.length > 0) {
    onProgress('dependencies', dependencies.join(', '));
    await installDependencies(folder, plugin.packageJson, registry);
  }
  return plugin;
}

/**
 * Makes a staged package final and moves it into its version folder.
 *
 * @returns the version folder's path
 */
export async function place(prepared: Prepared, root: string, staging: string): Promise<string> {
  const { plugin, integrity } = prepared;
  if (!prepared.isStaged) return plugin.folder;
  const { name, version } = plugin.packageJson;
  const { id } = plugin.manifest;
  await sealFolder(plugin.folder, { id, package: name, version, integrity });
  const folder = join(root, id, versionFolderName(version, integrity));
  await moveIntoPlace(plugin.folder, folder, integrity, join(staging, 'discarded'));
  return folder;
}

/** Takes a version folder away that was just placed and that nothing refers to. */
export async function unplace(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
