import { realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describeError, isPlugin, type Manifest, type Plugin } from '@ftctl/sdk';
import { hostErrors } from '../errors.ts';

/**
 * Imports a plugin's entry. This is where its code begins to run.
 *
 * @throws FtError FT_HOST_NOT_A_PLUGIN
 */
export async function importPlugin(manifest: Manifest, folder: string): Promise<Plugin> {
  const refuse = (why: string, cause?: unknown) =>
    hostErrors.NOT_A_PLUGIN({ plugin: manifest.id, entry: manifest.entry, why }, cause);
  let loaded: { default?: unknown };
  try {
    const file = await realpath(join(folder, manifest.entry));
    if (!file.startsWith((await realpath(folder)) + sep)) {
      throw new Error('it lies outside the package');
    }
    loaded = (await import(pathToFileURL(file).href)) as { default?: unknown };
  } catch (cause) {
    throw refuse(describeError(cause), cause);
  }
  if (!isPlugin(loaded.default)) throw refuse('its default export is not made by definePlugin');
  return loaded.default;
}

/**
 * Compares handlers with what the manifest declares.
 *
 * @throws FtError FT_HOST_COMMANDS
 */
export function checkHandlers(
  manifest: Manifest,
  runs: 'plugin' | 'cli',
  handlers: Readonly<Record<string, unknown>> | undefined,
): void {
  const declared = (manifest.commands?.list ?? [])
    .filter((command) => command.runs === runs)
    .map((command) => command.name);
  const given = Object.keys(handlers ?? {});
  const lacking = declared.find((name) => !given.includes(name));
  const extra = given.find((name) => !declared.includes(name));
  const where = runs === 'cli' ? 'cli' : 'commands';
  if (lacking !== undefined) {
    const why = `the manifest declares ${lacking} (runs: ${runs}), ${where} lacks it`;
    throw hostErrors.COMMANDS({ plugin: manifest.id, why });
  }
  if (extra !== undefined) {
    const why = `${where} has ${extra}, the manifest does not declare it (runs: ${runs})`;
    throw hostErrors.COMMANDS({ plugin: manifest.id, why });
  }
}
