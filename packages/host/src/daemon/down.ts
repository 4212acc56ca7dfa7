import { isFtError } from '@ftctl/sdk';
import { callHost } from '../control/call.ts';
import { type HomePaths, homePaths } from '../paths.ts';
import { isRunning, type ProcessIdentity, signalProcess, waitUntilGone } from '../process-info.ts';
import { readLiveRecord } from '../run-record.ts';
import { knownProcesses } from './leftovers.ts';

export interface DownOptions {
  readonly home: string;
  /** Kill a host that does not answer, instead of failing. */
  readonly force?: boolean;
  /** How long plugins without a host may take to stop before they are killed. Default 10,000. */
  readonly drainMs?: number;
}

export interface DownResult {
  /** Whether a host ran. */
  readonly host: boolean;
  /** Plugins that were stopped. */
  readonly stopped: readonly string[];
}

const DEFAULT_DRAIN_MS = 10_000;
/** How long a process may take to vanish after it said goodbye, or was killed. */
const VANISH_MS = 5_000;
/** How long a host that has just been started may take until it listens. */
const ANSWER_MS = 10_000;
const LOOK_EVERY_MS = 50;

/**
 * Stops everything of a home: through its host when one runs, else the plugin
 * processes that an earlier host has left. Returns when the processes are gone.
 *
 * @throws FtError FT_HOST_NOT_ANSWERING FT_HOST_DOWN when the host exists and does not work, unless forced
 */
export async function downHost(options: DownOptions): Promise<DownResult> {
  const paths = homePaths(options.home);
  const host = await readLiveRecord(paths, 'host');
  const stopped = host ? await throughHost(paths, host, options.force ?? false) : [];
  if (host) await waitUntilGone(host, VANISH_MS);
  const left = await endLeft(paths, options.drainMs ?? DEFAULT_DRAIN_MS);
  return { host: host !== undefined, stopped: [...new Set([...stopped, ...left])] };
}

async function throughHost(
  paths: HomePaths,
  host: ProcessIdentity,
  force: boolean,
): Promise<readonly string[]> {
  const end = performance.now() + ANSWER_MS;
  for (;;) {
    try {
      return (await callHost<{ stopped: readonly string[] }>(paths, 'down')).stopped;
    } catch (error) {
      // It has gone meanwhile: what it has left is ended by who called.
      if (!(await isRunning(host))) return [];
      // It has just been started, and does not listen yet.
      const early = isFtError(error, 'FT_HOST_DOWN') && performance.now() < end;
      if (!early) {
        if (!force) throw error;
        await signalProcess(host, 'SIGKILL');
        return [];
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }
}

async function endLeft(paths: HomePaths, drainMs: number): Promise<readonly string[]> {
  const ended = await Promise.all(
    (await knownProcesses(paths)).map(async (id) => {
      const record = await readLiveRecord(paths, id);
      if (!record) return [];
      await signalProcess(record, 'SIGTERM');
      if (!(await waitUntilGone(record, drainMs))) {
        await signalProcess(record, 'SIGKILL');
        await waitUntilGone(record, VANISH_MS);
      }
      return [id];
    }),
  );
  return ended.flat();
}
