import { stat } from 'node:fs/promises';
import { hasJoined } from '@ftctl/pki/credentials';
import { DEFAULT_LIMITS, type Manifest } from '@ftctl/sdk';
import type { ParsedConfig } from '../config/parse.ts';
import { checkPluginConfig } from '../config/plugin-config.ts';
import type { HostConfig } from '../config-types.ts';
import { type CapabilityProblem, resolveCapabilities } from '../core/capabilities.ts';
import type { SupervisionLimits } from '../core/supervision-types.ts';
import { hostErrors } from '../errors.ts';
import { pluginFolder, readLockfile } from '../install/lockfile.ts';
import type { LockedPlugin } from '../lockfile-types.ts';
import { checkApi, readManifest } from '../manifest.ts';
import type { HomePaths } from '../paths.ts';
import { type PluginSpec, specDigest } from '../plugin-spec.ts';

/** What is to become of one plugin, as configuration and lockfile have it. */
export interface PlannedPlugin {
  readonly id: string;
  readonly version: string;
  readonly enabled: boolean;
  readonly limits: SupervisionLimits;
  /** What to start; absent when it is disabled or cannot be started. */
  readonly launch?: PlannedLaunch;
  /** Why it cannot be started. */
  readonly problem?: Error;
}

export interface PlannedLaunch {
  readonly spec: PluginSpec;
  readonly digest: string;
  readonly manifest: Manifest;
}

const NO_MANIFEST_LIMITS: SupervisionLimits = DEFAULT_LIMITS;

/** Reads and checks all that the plugins of a host are made of. Runs no code of theirs. */
export async function planPlugins(
  paths: HomePaths,
  parsed: ParsedConfig,
): Promise<readonly PlannedPlugin[]> {
  const lockfile = await readLockfile(paths.home);
  const installed = await Promise.all(
    Object.entries(lockfile.plugins).map(([id, locked]) => inspect(paths, parsed, id, locked)),
  );
  const planned = withCapabilities(paths, parsed.config, installed);
  const named = Object.entries(parsed.config.plugins)
    .filter(([id, entry]) => entry.enabled && !Object.hasOwn(lockfile.plugins, id))
    .map(([id]) => notInstalled(id));
  return [...planned, ...named];
}

interface Inspected {
  readonly id: string;
  readonly locked: LockedPlugin;
  readonly folder: string;
  readonly enabled: boolean;
  readonly manifest?: Manifest;
  /** With the schema's defaults. */
  readonly config?: PluginSpec['config'];
  readonly problem?: Error;
}

async function inspect(
  paths: HomePaths,
  parsed: ParsedConfig,
  id: string,
  locked: LockedPlugin,
): Promise<Inspected> {
  const folder = pluginFolder(paths.home, locked);
  const entry = parsed.config.plugins[id];
  const enabled = entry?.enabled ?? true;
  const found = { id, locked, folder, enabled };
  if (!enabled) return found;
  try {
    const manifest = await readOwnManifest(id, folder);
    checkApi(manifest);
    // Throws when no socket of that name could be opened.
    paths.socket(id);
    const { config, problems } = await checkPluginConfig(manifest, folder, entry?.config ?? {});
    const [problem] = problems;
    if (!problem) return { ...found, manifest, config };
    const keys = ['plugins', id, 'config', ...problem.keys];
    return { ...found, manifest, problem: parsed.problemAt({ ...problem, keys }) };
  } catch (error) {
    return { ...found, problem: error instanceof Error ? error : new Error(String(error)) };
  }
}

async function readOwnManifest(id: string, folder: string): Promise<Manifest> {
  try {
    await stat(folder);
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw hostErrors.PLUGIN_FOLDER({ plugin: id, folder, why }, cause);
  }
  const manifest = await readManifest(folder);
  if (manifest.id !== id) {
    const why = `its manifest says that it is ${manifest.id}`;
    throw hostErrors.PLUGIN_FOLDER({ plugin: id, folder, why });
  }
  return manifest;
}

/** Only plugins that can run offer something to the others. */
function withCapabilities(
  paths: HomePaths,
  config: HostConfig,
  inspected: readonly Inspected[],
): PlannedPlugin[] {
  const usable = inspected.filter((one) => one.enabled && !one.problem);
  const { byPlugin, problems } = resolveCapabilities(usable.flatMap((one) => one.manifest ?? []));
  return inspected.map((one) => {
    const { id, locked, folder, enabled, manifest } = one;
    const limits = { ...NO_MANIFEST_LIMITS, ...manifest?.limits };
    const planned = { id, version: locked.version, enabled, limits };
    const problem = one.problem ?? problems.filter((each) => each.plugin === id).map(toError)[0];
    if (problem) return { ...planned, problem };
    if (!enabled || !manifest) return planned;
    const entry = config.plugins[id];
    const port = entry?.port ?? manifest.listen?.defaultPort;
    const spec: PluginSpec = {
      plugin: id,
      version: locked.version,
      folder,
      home: paths.home,
      host: config.host,
      config: one.config ?? {},
      directory: config.directory,
      ...(manifest.listen && port !== undefined
        ? { listen: { address: config.listen, port } }
        : {}),
      ...(hasJoined(paths.tls) ? { tls: true } : {}),
      capabilities: byPlugin[id] ?? [],
      log: config.log,
    };
    return { ...planned, launch: { spec, digest: specDigest(spec), manifest } };
  });
}

function toError(problem: CapabilityProblem): Error {
  const { plugin, capability, providers } = problem;
  if (!providers) return hostErrors.CAPABILITY({ plugin, capability });
  return hostErrors.CAPABILITY_TWICE({ capability, first: providers[0], second: providers[1] });
}

function notInstalled(id: string): PlannedPlugin {
  const problem = hostErrors.NOT_INSTALLED({ plugin: id });
  return { id, version: '', enabled: true, limits: NO_MANIFEST_LIMITS, problem };
}
