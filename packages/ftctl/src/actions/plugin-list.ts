import { listPlugins } from '@ftctl/host/install';
import type { Context } from '../context.ts';

/** `ftctl plugin list`. */
export async function run({ out, paths }: Context): Promise<undefined> {
  const plugins = await listPlugins(paths.home);
  const data = plugins.map(({ id, package: name, version, source, linked, path, problem }) => ({
    id,
    package: name,
    version,
    source,
    folder: path,
    linked: linked === true,
    ...(problem !== undefined && { problem }),
  }));
  await out.result(data, async () => {
    if (data.length === 0) return 'No plugin is installed: `ftctl plugin add`.';
    return out.table({
      columns: ['PLUGIN', 'VERSION', 'PACKAGE', 'SOURCE', 'PROBLEM'],
      rows: data.map((plugin) => [
        plugin.id,
        plugin.version,
        plugin.package,
        plugin.linked ? `linked to ${plugin.folder}` : plugin.source,
        plugin.problem ?? '',
      ]),
    });
  });
}
