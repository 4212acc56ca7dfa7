import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { API_VERSION, type Manifest, manifestSchema } from '@ftctl/sdk';
// Single functions: the whole of semver takes longer to load than all the rest here.
import satisfies from 'semver/functions/satisfies.js';
import validRange from 'semver/ranges/valid.js';
import { hostErrors } from './errors.ts';
import { compileKnownSchema, type SchemaChecker, showKeys } from './schema-check.ts';

export const MANIFEST_FILE = 'ftctl.plugin.json';

/** Largest manifest or schema file that is read, in bytes. */
export const MAX_PLUGIN_JSON_BYTES = 1 << 20;

let checkManifest: SchemaChecker | undefined;

/**
 * Reads and checks the manifest of the plugin whose package is in `folder`.
 * Runs no code of the plugin.
 *
 * @throws FtError FT_HOST_MANIFEST naming file, place and what is wrong
 */
export async function readManifest(folder: string): Promise<Manifest> {
  const file = join(folder, MANIFEST_FILE);
  return parseManifest(await readPluginJson(file), file);
}

/** Checks a manifest that is already parsed; `file` names it in errors. */
export function parseManifest(value: unknown, file: string): Manifest {
  checkManifest ??= compileKnownSchema(manifestSchema);
  const [problem] = checkManifest(value);
  if (problem) throw hostErrors.MANIFEST({ file, path: showKeys(problem.keys), why: problem.why });
  const manifest = value as Manifest;
  for (const [path, range] of [
    ['api', manifest.api],
    ['state.readableBy', manifest.state?.readableBy],
  ] as const) {
    if (range !== undefined && validRange(range) === null) {
      throw hostErrors.MANIFEST({ file, path, why: `${range} is no range of versions` });
    }
  }
  refuseTwice(
    file,
    'commands.list',
    manifest.commands?.list.flatMap(({ name, aliases = [] }) => [name, ...aliases]),
  );
  refuseTwice(
    file,
    'provides',
    manifest.provides?.map((offer) => offer.capability),
  );
  return manifest;
}

/**
 * Whether this ftctl offers the contract that the plugin was written for.
 *
 * @throws FtError FT_HOST_API
 */
export function checkApi(manifest: Manifest, api: string = API_VERSION): void {
  if (!satisfies(api, manifest.api, { includePrerelease: true })) {
    throw hostErrors.API({ plugin: manifest.id, range: manifest.api, api });
  }
}

/**
 * Reads a JSON file of a plugin package, bounded in size.
 *
 * @throws FtError FT_HOST_MANIFEST when it is not there, too large or not JSON
 */
export async function readPluginJson(file: string): Promise<unknown> {
  try {
    const { size } = await stat(file);
    if (size > MAX_PLUGIN_JSON_BYTES) {
      throw new Error(`it has ${size} bytes, the limit is ${MAX_PLUGIN_JSON_BYTES}`);
    }
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw hostErrors.MANIFEST({ file, path: '(file)', why }, cause);
  }
}

function refuseTwice(file: string, path: string, names: readonly string[] = []): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw hostErrors.MANIFEST({ file, path, why: `${twice} stands twice` });
}
