import { describeError, type FtError, isFtError } from '@ftctl/sdk';
import { installErrors } from './errors.ts';
import { type InstalledPlugin, readInstalled } from './installed.ts';
import { readLockfile } from './lockfile.ts';
import { checkLoadable, readPackage } from './package-check.ts';
import { type PackageJson, readPackageJson } from './package-json.ts';
import { requireInstalled } from './remove.ts';
import { whyDamaged } from './version-folder.ts';

/** What is installed in a home, by id. Runs no code and asks no daemon. */
export async function listPlugins(home: string): Promise<readonly InstalledPlugin[]> {
  return readInstalled(home, await readLockfile(home));
}

export interface PluginInfo extends InstalledPlugin {
  readonly packageJson?: PackageJson;
}

/**
 * One installed plugin, with its package's description.
 *
 * @throws FtError FT_INSTALL_NOT_INSTALLED
 */
export async function pluginInfo(home: string, id: string): Promise<PluginInfo> {
  const entry = await requireInstalled(home, id);
  const [plugin] = await readInstalled(home, { lockVersion: 1, plugins: { [id]: entry } });
  if (plugin === undefined) throw installErrors.NOT_INSTALLED({ id, home });
  if (plugin.problem !== undefined) return plugin;
  return { ...plugin, packageJson: await readPackageJson(plugin.path) };
}

export interface Verification {
  readonly id: string;
  readonly version: string;
  /** What is wrong; absent when all is well. */
  readonly problem?: FtError;
}

/** For `ftctl doctor`: whether each installed plugin is still what was installed, and can be loaded. */
export async function verifyInstalled(home: string): Promise<readonly Verification[]> {
  const results: Verification[] = [];
  for (const plugin of await listPlugins(home)) {
    const problem = await findProblem(plugin);
    results.push({ id: plugin.id, version: plugin.version, ...(problem && { problem }) });
  }
  return results;
}

async function findProblem(plugin: InstalledPlugin): Promise<FtError | undefined> {
  const { id, source, integrity, path, version } = plugin;
  const damaged = (why: string, cause?: unknown) =>
    installErrors.DAMAGED({ id, why, source }, cause);
  try {
    const why = integrity === undefined ? undefined : await whyDamaged(path, integrity);
    if (why !== undefined) return damaged(why);
    const found = await readPackage(path);
    if (found.manifest.id !== id) return damaged(`its manifest has the id ${found.manifest.id}`);
    if (found.packageJson.version !== version && !plugin.linked) {
      return damaged(`its package has the version ${found.packageJson.version}`);
    }
    await checkLoadable(found);
    return undefined;
  } catch (error) {
    return isFtError(error) ? error : damaged(describeError(error), error);
  }
}
