import { access, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { homePaths, initHome } from '@ftctl/host';
import { type AddedPlugin, addPlugin, fetchTarball, parseSource } from '@ftctl/host/install';
import type { Manifest } from '@ftctl/sdk';
import { Document } from 'yaml';
import type { LabDefinition } from './definition.ts';
import { labErrors } from './errors.ts';
import type { FtctlFiles } from './launch.ts';
import { LAB_REVOCATION_INTERVAL_MS, MAX_PARALLEL_STARTS } from './limits.ts';
import { inParallel } from './parallel.ts';
import type { LabPaths } from './state.ts';

/** Host name, plugin id, `address:port`. */
export type Directory = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Where the CA of a lab is, for its own host and for the others. */
export type CaPlace = { readonly listen: string } | { readonly address: string };

/** Makes a home for every host that has none yet. */
export async function makeHomes(definition: LabDefinition, paths: LabPaths): Promise<void> {
  for (const name of Object.keys(definition.hosts)) {
    const home = paths.home(name);
    if (await exists(homePaths(home).config)) continue;
    await mkdir(home, { recursive: true, mode: 0o700 });
    await initHome({ home, name });
  }
}

/**
 * Installs the plugins of every host as `ftctl plugin add` does. A source is
 * packed once; the first host installs it, the others find it there.
 *
 * @returns the manifests by plugin id
 * @throws FtError those of the installer, FT_LAB_INSTALL
 */
export async function installPlugins(
  definition: LabDefinition,
  paths: LabPaths,
  files: FtctlFiles,
  onStep: (text: string) => void,
): Promise<ReadonlyMap<string, Manifest>> {
  const manifests = new Map<string, Manifest>();
  for (const [id, source] of Object.entries(definition.plugins)) {
    const hosts = Object.keys(definition.hosts).filter((host) =>
      Object.hasOwn(definition.hosts[host]?.plugins ?? {}, id),
    );
    const [first, ...others] = hosts;
    if (first === undefined) continue;
    onStep(`installing ${id}`);
    const packed = await pack(id, source, paths);
    const add = (host: string): Promise<AddedPlugin> =>
      addPlugin({
        home: paths.home(host),
        source: packed,
        runner: files.runner,
        installRoot: paths.plugins,
      });
    const { manifest } = await add(first);
    if (manifest.id !== id) throw labErrors.INSTALL({ source, id, found: manifest.id });
    manifests.set(id, manifest);
    await inParallel(others, MAX_PARALLEL_STARTS, async (host) => {
      await add(host);
    });
  }
  return manifests;
}

/** Writes what each host is to do into its ftctl.yaml. */
export async function writeConfigs(
  definition: LabDefinition,
  paths: LabPaths,
  places: {
    readonly directory: (host: string) => Directory;
    readonly port: (host: string, plugin: string) => number | undefined;
    /** What stands under `ca:`, in a lab with TLS. */
    readonly ca?: (host: string) => CaPlace;
  },
): Promise<void> {
  for (const [host, { plugins }] of Object.entries(definition.hosts)) {
    const config = {
      host,
      listen: '127.0.0.1',
      metrics: { port: 0 },
      ...(places.ca && {
        ca: places.ca(host),
        tls: { revocationIntervalMs: LAB_REVOCATION_INTERVAL_MS },
      }),
      directory: places.directory(host),
      plugins: Object.fromEntries(
        Object.entries(plugins).map(([id, own]) => {
          const port = places.port(host, id);
          return [id, { ...(port !== undefined && { port }), config: own }];
        }),
      ),
    };
    const document = new Document(config);
    document.commentBefore = ' Written by `ftctl lab up`; the next one replaces it.';
    await writeFile(homePaths(paths.home(host)).config, document.toString(), { mode: 0o600 });
  }
}

async function pack(id: string, source: string, paths: LabPaths): Promise<string> {
  const { path } = await fetchTarball(await parseSource(source), join(paths.packages, id));
  const packed = join(paths.packages, `${id}.tgz`);
  await rename(path, packed);
  return packed;
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
