import { editConfig, type HomePaths, requirePluginConfig, setIn } from '@ftctl/host';
import { type FtError, isFtError, type Manifest } from '@ftctl/sdk';
import { isMap, parse } from 'yaml';
import { cliErrors } from './errors.ts';

/** A value of a plugin's config, as `--set a.b=value` names it. */
export interface Setting {
  readonly keys: readonly string[];
  readonly value: unknown;
}

/**
 * Reads `key=value`: dots in the key lead inwards, the value is read as in the
 * file (`true`, `5`, `[a, b]`, text).
 *
 * @throws FtError FT_CLI_USAGE
 */
export function parseSetting(given: string): Setting {
  const at = given.indexOf('=');
  const keys = given.slice(0, at).split('.');
  if (at < 1 || keys.some((key) => key === '')) {
    const why = `--set takes key=value, not ${given}`;
    throw cliErrors.USAGE({ why, help: 'ftctl plugin add' });
  }
  const text = given.slice(at + 1);
  try {
    return { keys, value: parse(text) as unknown };
  } catch (error) {
    if (error instanceof SyntaxError || (error as Error).name === 'YAMLParseError') {
      return { keys, value: text };
    }
    throw error;
  }
}

/**
 * Gives a plugin its part of `ftctl.yaml`, keeping what is there. When its
 * config is not complete, a new plugin is entered as disabled, so that nothing
 * else is held up by it.
 *
 * @returns what is wrong with its config, when something is
 */
export async function enterPlugin(
  paths: HomePaths,
  plugin: { readonly manifest: Manifest; readonly folder: string },
  settings: readonly Setting[],
): Promise<FtError | undefined> {
  const { id } = plugin.manifest;
  let isNew = false;
  const config = await editConfig(paths, (document) => {
    isNew = !isMap(document.getIn(['plugins', id]));
    if (isNew) setIn(document, ['plugins', id, 'config'], {});
    for (const { keys, value } of settings) {
      setIn(document, ['plugins', id, 'config', ...keys], value);
    }
  });
  const problem = await configProblem(plugin, config.plugins[id]?.config ?? {});
  if (problem && isNew) {
    await editConfig(paths, (document) => setIn(document, ['plugins', id, 'enabled'], false));
  }
  return problem;
}

async function configProblem(
  { manifest, folder }: { readonly manifest: Manifest; readonly folder: string },
  config: Readonly<Record<string, unknown>>,
): Promise<FtError | undefined> {
  try {
    await requirePluginConfig(manifest, folder, config);
    return undefined;
  } catch (error) {
    if (isFtError(error, 'FT_HOST_PLUGIN_CONFIG')) return error;
    throw error;
  }
}
