import { readConfig, requirePluginConfig, setPluginEnabled } from '@ftctl/host';
import { pluginInfo } from '@ftctl/host/install';
import type { Context } from './context.ts';
import { reloadIfRunning } from './host-reload.ts';

/** Enables or disables a plugin in ftctl.yaml, and tells a running host. */
export async function switchPlugin(
  { out, paths }: Context,
  id: string,
  enabled: boolean,
): Promise<undefined> {
  const { manifest, path } = await pluginInfo(paths.home, id);
  if (enabled && manifest) {
    // Refused before anything is written: an enabled plugin without a valid config stops every reload.
    const { plugins } = await readConfig(paths);
    await requirePluginConfig(manifest, path, plugins[id]?.config ?? {});
  }
  await setPluginEnabled(paths, id, enabled);
  const changes = await reloadIfRunning(paths);
  const word = enabled ? 'enabled' : 'disabled';
  await out.result({ id, enabled, running: changes !== undefined }, () =>
    changes ? `Plugin ${id} is ${word}.` : `Plugin ${id} is ${word} for the next \`ftctl up\`.`,
  );
}
