import { type HomePaths, readConfig, requirePluginConfig } from '@ftctl/host';
import { listPlugins, verifyInstalled } from '@ftctl/host/install';
import { type Finding, fromError, ok } from './check.ts';

/** `ftctl.yaml`, and each enabled plugin's part of it. */
export async function checkConfig(paths: HomePaths): Promise<readonly Finding[]> {
  try {
    const config = await readConfig(paths);
    const findings: Finding[] = [ok('config', `${paths.config}, host ${config.host}`)];
    for (const { id, path, manifest } of await listPlugins(paths.home)) {
      const entry = config.plugins[id];
      if (!manifest || entry?.enabled === false) continue;
      try {
        await requirePluginConfig(manifest, path, entry?.config ?? {});
      } catch (error) {
        findings.push(fromError('config', error));
      }
    }
    return findings;
  } catch (error) {
    return [fromError('config', error)];
  }
}

/** The lockfile against what is on disk. */
export async function checkPlugins(paths: HomePaths): Promise<readonly Finding[]> {
  try {
    const results = await verifyInstalled(paths.home);
    if (results.length === 0) return [ok('plugins', 'none is installed')];
    return results.map(({ id, version, problem }) =>
      problem ? fromError(`plugin ${id}`, problem) : ok(`plugin ${id}`, `${version}, undamaged`),
    );
  } catch (error) {
    return [fromError('plugins', error)];
  }
}
