import { join } from 'node:path';
import { describeError, type Manifest } from '@ftctl/sdk';
import { hostErrors } from '../errors.ts';
import { readPluginJson } from '../manifest.ts';
import { compileKnownSchema, type SchemaProblem, showKeys } from '../schema-check.ts';

export interface CheckedPluginConfig {
  /** With the schema's defaults. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly problems: readonly SchemaProblem[];
}

/**
 * Checks a plugin's part of `ftctl.yaml` against the schema that its manifest
 * names. Runs no code of the plugin.
 *
 * @throws FtError FT_HOST_MANIFEST, FT_HOST_PLUGIN_SCHEMA when the schema cannot be used
 */
export async function checkPluginConfig(
  manifest: Manifest,
  folder: string,
  given: Readonly<Record<string, unknown>>,
): Promise<CheckedPluginConfig> {
  if (!manifest.config) return { config: given, problems: withoutSchema(given) };
  const file = join(folder, manifest.config.schema);
  const schema = await readPluginJson(file);
  const config = structuredClone(given) as Record<string, unknown>;
  try {
    return { config, problems: compileKnownSchema(schema as object)(config) };
  } catch (cause) {
    const why = describeError(cause);
    throw hostErrors.PLUGIN_SCHEMA({ plugin: manifest.id, file, why }, cause);
  }
}

/**
 * The same, for those who have no line to name.
 *
 * @throws FtError FT_HOST_PLUGIN_CONFIG naming the first place that does not fit
 */
export async function requirePluginConfig(
  manifest: Manifest,
  folder: string,
  given: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  const { config, problems } = await checkPluginConfig(manifest, folder, given);
  const [problem] = problems;
  if (problem) {
    const path = showKeys(problem.keys);
    throw hostErrors.PLUGIN_CONFIG({ plugin: manifest.id, path, why: problem.why });
  }
  return config;
}

function withoutSchema(given: Readonly<Record<string, unknown>>): readonly SchemaProblem[] {
  const [key] = Object.keys(given);
  if (key === undefined) return [];
  return [
    { keys: [], why: `unknown key ${key}: this plugin has no configuration`, unknownKey: key },
  ];
}
