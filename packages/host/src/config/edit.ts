import { hasJoined } from '@ftctl/pki/credentials';
import type { Document } from 'yaml';
import type { HostConfig } from '../config-types.ts';
import { writeFileAtomically } from '../install/atomic-file.ts';
import type { HomePaths } from '../paths.ts';
import { parseConfig } from './parse.ts';
import { readConfigFile } from './read.ts';

/**
 * Changes `ftctl.yaml` and keeps its comments and order. The result is checked
 * before it replaces the file, in one step.
 *
 * @throws FtError FT_HOST_CONFIG when the present or the changed text is not valid
 */
export async function editConfig(
  paths: HomePaths,
  edit: (document: Document) => void,
): Promise<HostConfig> {
  const { document } = await readConfigFile(paths);
  edit(document);
  const text = document.toString({ lineWidth: 0 });
  const { config } = parseConfig(text, paths.config, hasJoined(paths.tls));
  await writeFileAtomically(paths.config, text, 0o600);
  return config;
}

/** Puts back a text that `ftctl.yaml` had before. */
export async function restoreConfig(paths: HomePaths, text: string): Promise<void> {
  await writeFileAtomically(paths.config, text, 0o600);
}

/** Sets one value, making the maps on the way: `setIn(document, ['plugins', 'probe', 'enabled'], false)`. */
export function setIn(document: Document, keys: readonly string[], value: unknown): void {
  for (let depth = 1; depth < keys.length; depth += 1) {
    const path = keys.slice(0, depth);
    if (document.getIn(path) == null) document.setIn(path, document.createNode({}));
  }
  document.setIn(keys, document.createNode(value));
}

/** Switches a plugin on or off; on is what a plugin without an entry is. */
export function setPluginEnabled(
  paths: HomePaths,
  plugin: string,
  enabled: boolean,
): Promise<HostConfig> {
  return editConfig(paths, (document) => setIn(document, ['plugins', plugin, 'enabled'], enabled));
}

/** Takes a plugin's entry out. */
export function removePluginEntry(paths: HomePaths, plugin: string): Promise<HostConfig> {
  return editConfig(paths, (document) => {
    if (document.hasIn(['plugins', plugin])) document.deleteIn(['plugins', plugin]);
  });
}
