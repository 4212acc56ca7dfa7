import type { Changes } from '@ftctl/host';
import { callHost, type HomePaths, type HostStatus, type PluginStatus } from '@ftctl/host/control';
import { type FtError, isFtError } from '@ftctl/sdk';

/** Tells the host to take over what was changed. Undefined when no host runs. */
export async function reloadIfRunning(paths: HomePaths): Promise<Changes | undefined> {
  try {
    return await callHost<Changes>(paths, 'reload');
  } catch (error) {
    if (isFtError(error, 'FT_HOST_DOWN')) return undefined;
    throw error;
  }
}

export interface TakenOver {
  /** Undefined when no host runs. */
  readonly changes?: Changes;
  /** Why a running host did not take it over. */
  readonly problem?: FtError;
}

/**
 * The same after something that cannot be taken back: what goes wrong is told
 * together with what was done.
 */
export async function takeOver(paths: HomePaths): Promise<TakenOver> {
  try {
    const changes = await reloadIfRunning(paths);
    return changes === undefined ? {} : { changes };
  } catch (error) {
    if (isFtError(error)) return { problem: error };
    throw error;
  }
}

/** How a failed take-over is told. */
export function showProblem({ message, action, code }: FtError): string {
  return `The running host did not take it over: ${code}: ${message}. ${action} Then run \`ftctl reload\`.`;
}

/** How long a plugin is watched after it was started: beyond it, it counts as working. */
const WATCH_MS = 2_000;
const LOOK_EVERY_MS = 200;

/** States in which nothing more is to be expected. */
const BAD = ['failed', 'quarantined', 'stopped'];

/**
 * Watches a plugin that was just started, until it fails or has worked for a
 * moment.
 *
 * @returns its last status; undefined when the host does not know it
 */
export async function watchHealth(
  paths: HomePaths,
  plugin: string,
): Promise<PluginStatus | undefined> {
  const end = performance.now() + WATCH_MS;
  for (;;) {
    const { plugins } = await callHost<HostStatus>(paths, 'status');
    const status = plugins.find(({ id }) => id === plugin);
    if (!status || BAD.includes(status.state)) return status;
    const settled = status.state !== 'starting' && status.crashes === 0;
    if (settled && performance.now() >= end) return status;
    if (performance.now() >= end + WATCH_MS * 5) return status;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
