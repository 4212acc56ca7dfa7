import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { LockedPlugin } from '../lockfile-types.ts';
import { probePlugin } from '../runner/probe-plugin.ts';
import type { AddOptions } from './add.ts';
import { installErrors } from './errors.ts';
import { checkFitsHost } from './host-fit.ts';
import { type InstalledPlugin, readInstalled } from './installed.ts';
import { withInstallLock } from './lock.ts';
import { readLockfile, withPlugin, writeLockfile } from './lockfile.ts';
import { checkLoadable, readPackage } from './package-check.ts';

export type LinkOptions = Pick<AddOptions, 'home' | 'cwd' | 'runner' | 'confirm'> & {
  /** The author's working folder, with the plugin built in it. */
  readonly folder: string;
};

/**
 * Points a plugin at a working folder, for its author: the one way to run code
 * that may change under the host. Checked and probed like any other.
 *
 * @throws FtError as `addPlugin`
 */
export async function linkPlugin(options: LinkOptions): Promise<InstalledPlugin> {
  const { home, runner, confirm } = options;
  const folder = resolve(options.cwd ?? process.cwd(), options.folder);
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) {
    throw installErrors.SOURCE({ source: options.folder, why: 'it is not a folder' });
  }
  return withInstallLock(home, async () => {
    const plugin = await readPackage(folder);
    await checkLoadable(plugin);
    const { manifest, packageJson } = plugin;
    const { id } = manifest;
    const lockfile = await readLockfile(home);
    checkFitsHost({ package: packageJson.name, manifest }, await readInstalled(home, lockfile));
    const { name, version } = packageJson;
    const plan = { id, package: name, version, source: options.folder, manifest };
    const permissions = manifest.permissions ?? {};
    if (confirm && !(await confirm({ ...plan, permissions }))) throw installErrors.DECLINED({ id });
    await probePlugin({ folder, runner });
    const addedAt = new Date().toISOString();
    const entry: LockedPlugin = {
      package: name,
      version,
      source: folder,
      folder,
      linked: true,
      addedAt,
    };
    await writeLockfile(home, withPlugin(lockfile, id, entry));
    return { id, ...entry, path: folder, manifest };
  });
}
