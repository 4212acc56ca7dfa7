import { resolve } from 'node:path';
import { isRunning } from '@ftctl/host';
import type { Manifest } from '@ftctl/sdk';
import { checkDefinition, type LabDefinition, readDefinition } from './definition.ts';
import { labErrors } from './errors.ts';
import { Lab } from './lab.ts';
import { type FtctlFiles, ftctlFiles } from './launch.ts';
import { MAX_PARALLEL_STARTS } from './limits.ts';
import { allRoutes, directDirectory, freePorts, listeners, relayDirectory } from './network.ts';
import { inParallel } from './parallel.ts';
import { startRelay, stopRelay } from './relay-client.ts';
import { installPlugins, makeHomes, writeConfigs } from './setup.ts';
import { placeCa, startCaHost } from './site.ts';
import {
  type LabPaths,
  type LabState,
  labPaths,
  prepareFolder,
  type RelayRecord,
  readState,
  writeState,
} from './state.ts';

/** A lab file, or what stands in one. */
export type LabSource = { readonly file: string } | { readonly definition: unknown };

export type LabOptions = LabSource & {
  /** Folder of the lab: a new or an empty one, or that of an earlier lab, whose stores are kept. */
  readonly dir: string;
  /** Binary of the `ftctl` that runs the hosts: `node_modules/.bin/ftctl`, or its script. */
  readonly ftctl: string;
  readonly onStep?: (text: string) => void;
};

/**
 * Starts a network of hosts and waits until all of them are ready. After a
 * failure nothing of it runs.
 *
 * @throws FtError FT_LAB_FILE, FT_LAB_NO_FILE, FT_LAB_EXISTS, FT_LAB_DIR_IN_USE,
 *   FT_LAB_INSTALL, FT_LAB_START, and those of the installer
 */
export async function startLab(options: LabOptions): Promise<Lab> {
  const { onStep = () => undefined } = options;
  const definition =
    'file' in options
      ? await readDefinition(options.file)
      : checkDefinition(options.definition, resolve('lab definition'));
  const paths = labPaths(resolve(options.dir));
  const files = ftctlFiles(options.ftctl);
  await prepareFolder(paths);
  const before = await readState(paths);
  if (before) await requireEnded(paths, before);
  let state: LabState = {
    labVersion: 1,
    definition,
    ftctl: files.cli,
    startedAt: new Date().toISOString(),
    // Its ports are asked for again, so that directories stay true.
    ...(before?.relay && { relay: before.relay }),
  };
  // Written before anything runs, so that `lab down` finds what a killed start has left.
  await writeState(paths, state);
  const onRelay = async (relay: RelayRecord | undefined) => {
    const { relay: _before, ...rest } = state;
    state = { ...rest, ...(relay && { relay }) };
    await writeState(paths, state);
  };
  try {
    await makeHomes(definition, paths);
    const manifests = await installPlugins(definition, paths, files, onStep);
    await connect(definition, manifests, { paths, files, before, onStep, onRelay });
    const lab = new Lab(paths, state);
    await startCaHost(lab, onStep);
    await startHosts(lab, onStep);
    return lab;
  } catch (error) {
    onStep('ending what had started');
    await new Lab(paths, state).down();
    throw error;
  }
}

async function requireEnded(paths: LabPaths, state: LabState): Promise<void> {
  const status = await new Lab(paths, state).status();
  const alive = Object.values(status.hosts).some((host) => host.state !== 'stopped');
  if (alive) throw labErrors.EXISTS({ dir: paths.dir });
  if (state.relay && (await isRunning(state.relay))) await stopRelay(state.relay);
}

interface Surroundings {
  readonly paths: LabPaths;
  readonly files: FtctlFiles;
  readonly before: LabState | undefined;
  readonly onStep: (text: string) => void;
  /** Called as soon as the relay runs; with undefined in a lab without one. */
  readonly onRelay: (relay: RelayRecord | undefined) => Promise<void>;
}

/** Starts the relay, and gives every host its ports and its directory. */
async function connect(
  definition: LabDefinition,
  manifests: ReadonlyMap<string, Manifest>,
  { paths, files, before, onStep, onRelay }: Surroundings,
): Promise<void> {
  const all = listeners(definition, manifests);
  const ca = await placeCa(definition);
  if (!definition.relay) {
    await onRelay(undefined);
    const ports = await freePorts(all);
    await writeConfigs(definition, paths, {
      directory: (host) => directDirectory(host, ports),
      port: (host, plugin) =>
        ports.find((entry) => entry.host === host && entry.plugin === plugin)?.port,
      ...ca,
    });
    return;
  }
  onStep('starting the relay');
  const homes = Object.fromEntries(
    Object.keys(definition.hosts).map((host) => [host, paths.home(host)]),
  );
  const kept = before?.relay?.ports ?? [];
  const routes = allRoutes(definition, all).map((route) => {
    const same = kept.find(
      ({ from, to, plugin }) => from === route.from && to === route.to && plugin === route.plugin,
    );
    return { ...route, port: same?.port ?? 0 };
  });
  const relay = await startRelay(paths, files, { routes, homes });
  await onRelay(relay);
  await writeConfigs(definition, paths, {
    directory: (host) => relayDirectory(host, relay.ports),
    port: (host, plugin) =>
      all.some((entry) => entry.host === host && entry.plugin === plugin) ? 0 : undefined,
    ...ca,
  });
}

async function startHosts(lab: Lab, onStep: (text: string) => void): Promise<void> {
  const { tls } = lab.definition;
  let ready = tls === undefined ? 0 : 1;
  const rest = lab.hosts.filter(({ name }) => name !== tls);
  await inParallel(rest, MAX_PARALLEL_STARTS, async (host) => {
    await host.start();
    ready += 1;
    onStep(`${ready} of ${lab.hosts.length} hosts ready (${host.name})`);
  });
}
