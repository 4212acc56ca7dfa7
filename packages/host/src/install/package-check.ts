import { realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { describeError, type Manifest } from '@ftctl/sdk';
import semver from 'semver';
import { checkApi, MANIFEST_FILE, readManifest, readPluginJson } from '../manifest.ts';
import { compileSchema } from '../schema-check.ts';
import { installErrors } from './errors.ts';
import { type PackageJson, readPackageJson } from './package-json.ts';

/** A package in a folder, read and not yet run. */
export interface PluginPackage {
  readonly folder: string;
  readonly packageJson: PackageJson;
  readonly manifest: Manifest;
}

/**
 * Reads a plugin's package and its manifest.
 *
 * @throws FtError FT_INSTALL_MANIFEST, FT_HOST_MANIFEST
 */
export async function readPackage(folder: string): Promise<PluginPackage> {
  const packageJson = await readPackageJson(folder);
  return { folder, packageJson, manifest: await readManifest(folder) };
}

/**
 * Everything that a package alone must fulfil to be loaded, in the order in
 * which an author would want to hear of it. Runs none of its code.
 *
 * @throws FtError FT_INSTALL_MANIFEST, FT_INSTALL_NODE, FT_HOST_API
 */
export async function checkLoadable(plugin: PluginPackage): Promise<void> {
  checkName(plugin);
  checkModuleType(plugin);
  checkApi(plugin.manifest);
  checkNodeVersion(plugin);
  await checkFiles(plugin);
  await checkConfigSchema(plugin);
}

/**
 * What a package must fulfil beyond that to be installed from a tarball.
 *
 * @throws FtError FT_INSTALL_SCRIPTS, FT_INSTALL_DEPENDENCY
 */
export async function checkInstallable(plugin: PluginPackage): Promise<void> {
  await checkNoInstallScripts(plugin);
  checkDependencySpecs(plugin);
}

/** `@ftctl/plugin-<id>`, `ftctl-plugin-<id>` or `@scope/ftctl-plugin-<id>`. */
export function checkName({ packageJson, manifest }: PluginPackage): void {
  const { name } = packageJson;
  const bare = name.replace(/^@[^/]+\//, '');
  if (name === `@ftctl/plugin-${manifest.id}` || bare === `ftctl-plugin-${manifest.id}`) return;
  const why = `its id is ${manifest.id}, so its name must be ftctl-plugin-${manifest.id}, with or without a scope`;
  throw installErrors.MANIFEST({ package: name, why });
}

export function checkModuleType({ packageJson, manifest }: PluginPackage): void {
  if (manifest.entry.endsWith('.mjs')) return;
  if (packageJson.type === 'module' && manifest.entry.endsWith('.js')) return;
  const why = `its entry ${manifest.entry} is no ES module: package.json needs "type": "module"`;
  throw installErrors.MANIFEST({ package: packageJson.name, why });
}

/** @throws FtError FT_INSTALL_NODE when `engines` excludes the Node that runs this */
export function checkNodeVersion({ packageJson }: PluginPackage): void {
  const range = packageJson.engines?.node;
  if (range === undefined) return;
  if (semver.satisfies(process.versions.node, range, { includePrerelease: true })) return;
  throw installErrors.NODE({ package: packageJson.name, range, version: process.versions.node });
}

/** Every file that the manifest names is there, and lies inside the package. */
export async function checkFiles({ folder, packageJson, manifest }: PluginPackage): Promise<void> {
  const named: [string, string | undefined][] = [
    ['entry', manifest.entry],
    ['messages', manifest.messages],
    ['config.schema', manifest.config?.schema],
    ...(manifest.panels ?? []).map((panel): [string, string] => [
      `panels.${panel.id}`,
      panel.entry,
    ]),
  ];
  for (const [field, file] of named) {
    if (file === undefined || (await isFileInside(folder, file))) continue;
    const why = `${MANIFEST_FILE} names ${file} as \`${field}\`, which is not a file in the package (was it built?)`;
    throw installErrors.MANIFEST({ package: packageJson.name, why });
  }
}

/** The config schema is a valid JSON Schema. */
export async function checkConfigSchema(plugin: PluginPackage): Promise<void> {
  const file = plugin.manifest.config?.schema;
  if (file === undefined) return;
  const schema = await readPluginJson(join(plugin.folder, file));
  try {
    compileSchema(schema as object);
  } catch (cause) {
    const why = `its config schema ${file} is not valid: ${describeError(cause)}`;
    throw installErrors.MANIFEST({ package: plugin.packageJson.name, why }, cause);
  }
}

const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall'];

/** No scripts that npm would run at install; a `binding.gyp` alone is one for npm. */
export async function checkNoInstallScripts(plugin: PluginPackage): Promise<void> {
  const scripts = INSTALL_SCRIPTS.filter((name) => plugin.packageJson.scripts?.[name]);
  if (await isFileInside(plugin.folder, 'binding.gyp')) scripts.push('binding.gyp');
  if (scripts.length === 0) return;
  throw installErrors.SCRIPTS({ package: plugin.packageJson.name, scripts: scripts.join(', ') });
}

/** Specs that mean something only on the machine, or in the workspace, of the author. */
const LOCAL_SPEC = /^(workspace:|catalog:|file:|link:|portal:|\.{0,2}\/|~\/)/;

/** Dependencies resolve on any machine. */
export function checkDependencySpecs({ packageJson }: PluginPackage): void {
  for (const [dependency, spec] of Object.entries(runtimeDependencies(packageJson))) {
    if (!LOCAL_SPEC.test(spec)) continue;
    throw installErrors.DEPENDENCY({ package: packageJson.name, dependency, spec });
  }
}

export function runtimeDependencies(packageJson: PackageJson): Readonly<Record<string, string>> {
  return { ...packageJson.dependencies, ...packageJson.optionalDependencies };
}

async function isFileInside(folder: string, file: string): Promise<boolean> {
  try {
    const [root, path] = await Promise.all([realpath(folder), realpath(join(folder, file))]);
    return path.startsWith(root + sep) && (await stat(path)).isFile();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}
