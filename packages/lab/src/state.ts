import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeError } from '@ftctl/sdk';
import type { LabDefinition } from './definition.ts';
import { labErrors } from './errors.ts';
import type { RoutePort } from './relay/relay.ts';

/** `lab.json` in the lab's folder: what later commands need to find everything. */
export interface LabState {
  readonly labVersion: 1;
  readonly definition: LabDefinition;
  /** Program that runs the hosts: the binary of ftctl. */
  readonly ftctl: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly relay?: RelayRecord;
}

/** The relay's process, and the ports that it keeps for as long as the lab exists. */
export interface RelayRecord {
  readonly pid: number;
  readonly startTime: string;
  /** Its control socket: where the environment of a later caller would put it may be elsewhere. */
  readonly socket: string;
  readonly ports: readonly RoutePort[];
}

/** Every place of a lab on disk. */
export interface LabPaths {
  readonly dir: string;
  readonly state: string;
  readonly hosts: string;
  readonly home: (host: string) => string;
  /** Packed plugins, one file each. */
  readonly packages: string;
  /** Installed plugins, shared by all hosts. */
  readonly plugins: string;
  readonly relayRoutes: string;
  readonly relayLog: string;
}

export function labPaths(dir: string): LabPaths {
  const hosts = join(dir, 'hosts');
  return {
    dir,
    state: join(dir, 'lab.json'),
    hosts,
    home: (host) => join(hosts, host, 'home'),
    packages: join(dir, 'packages'),
    plugins: join(dir, 'plugins'),
    relayRoutes: join(dir, 'relay.json'),
    relayLog: join(dir, 'relay.log'),
  };
}

/** The state of the lab in a folder; undefined when there is none. */
export async function readState(paths: LabPaths): Promise<LabState | undefined> {
  let text: string;
  try {
    text = await readFile(paths.state, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw labErrors.DAMAGED({ file: paths.state, why: describeError(error) }, error);
  }
  try {
    const state = JSON.parse(text) as LabState;
    if (state.labVersion !== 1) throw new Error(`it has version ${state.labVersion}, not 1`);
    return state;
  } catch (error) {
    throw labErrors.DAMAGED({ file: paths.state, why: describeError(error) }, error);
  }
}

export async function writeState(paths: LabPaths, state: LabState): Promise<void> {
  await writeJson(paths.state, state);
}

/** Replaces a JSON file in one step. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  await rename(temporary, path);
}

/**
 * Makes the folder of a lab, or takes an empty one, or one of an earlier lab.
 *
 * @throws FtError FT_LAB_DIR_IN_USE when something else is in it
 */
export async function prepareFolder(paths: LabPaths): Promise<void> {
  await mkdir(paths.dir, { recursive: true, mode: 0o700 });
  if (await readState(paths)) return;
  const present = await readdir(paths.dir);
  if (present.length > 0) throw labErrors.DIR_IN_USE({ dir: paths.dir });
}

/** Removes what a lab has made, and its folder when nothing else is in it. */
export async function removeFolder(paths: LabPaths): Promise<void> {
  const own = [paths.hosts, paths.packages, paths.plugins, paths.relayRoutes, paths.relayLog];
  for (const path of [...own, paths.state]) await rm(path, { recursive: true, force: true });
  try {
    await rmdir(paths.dir);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(code)) throw error;
  }
}
