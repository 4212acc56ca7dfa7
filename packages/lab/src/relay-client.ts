import { callControl, homePaths, isRunning, processStartTime, waitUntilGone } from '@ftctl/host';
import { isFtError } from '@ftctl/sdk';
import { labErrors } from './errors.ts';
import { type FtctlFiles, lastLine, launch } from './launch.ts';
import { GONE_WITHIN_MS, RELAY_START_WITHIN_MS } from './limits.ts';
import type { RelayStatus } from './relay/relay.ts';
import type { CutRequest, RelayTask } from './relay/relay-process.ts';
import { type LabPaths, type RelayRecord, writeJson } from './state.ts';
import { waitUntil } from './wait.ts';

const WHO = 'the relay';

/** Starts the relay's process and waits until it listens on every route. */
export async function startRelay(
  paths: LabPaths,
  files: FtctlFiles,
  task: Omit<RelayTask, 'socket'>,
): Promise<RelayRecord> {
  const socket = relaySocket(paths);
  await writeJson(paths.relayRoutes, { ...task, socket } satisfies RelayTask);
  const launched = await launch(files.relay, [paths.relayRoutes], paths.relayLog);
  const look = async () => {
    const ended = launched.ended();
    if (ended !== undefined) {
      throw labErrors.NO_RELAY({ verb: 'start', why: (await lastLine(paths.relayLog)) || ended });
    }
    return isUp(paths);
  };
  try {
    const status = await waitUntil(look, {
      timeoutMs: RELAY_START_WITHIN_MS,
      what: 'the start of the relay',
    });
    const startTime = await processStartTime(launched.pid);
    if (startTime === undefined) throw labErrors.NO_RELAY({ verb: 'start', why: 'it ended' });
    const ports = status.routes.map(({ from, to, plugin, port }) => ({ from, to, plugin, port }));
    return { pid: launched.pid, startTime, ports };
  } catch (error) {
    if (launched.ended() === undefined) process.kill(launched.pid, 'SIGKILL');
    throw error;
  }
}

export function relayStatus(paths: LabPaths): Promise<RelayStatus> {
  return callControl<RelayStatus>(relaySocket(paths), WHO, 'status');
}

export async function cutLink(paths: LabPaths, request: CutRequest): Promise<void> {
  await ask(paths, 'cut', request);
}

export async function healLink(paths: LabPaths, request: CutRequest): Promise<void> {
  await ask(paths, 'heal', request);
}

/** Ends the relay's process, and only that one. */
export async function stopRelay(record: RelayRecord): Promise<void> {
  if (!(await isRunning(record))) return;
  process.kill(record.pid, 'SIGTERM');
  if (await waitUntilGone(record, GONE_WITHIN_MS)) return;
  process.kill(record.pid, 'SIGKILL');
  await waitUntilGone(record, GONE_WITHIN_MS);
}

/** In a short folder of its own, as the sockets of a host. */
function relaySocket(paths: LabPaths): string {
  return homePaths(paths.dir).socket('relay');
}

async function isUp(paths: LabPaths): Promise<RelayStatus | undefined> {
  try {
    return await relayStatus(paths);
  } catch (error) {
    if (isFtError(error, 'FT_HOST_DOWN') || isFtError(error, 'FT_HOST_CUT')) return undefined;
    throw error;
  }
}

async function ask(paths: LabPaths, verb: 'cut' | 'heal', request: CutRequest): Promise<void> {
  try {
    await callControl(relaySocket(paths), WHO, verb, request);
  } catch (error) {
    if (!isFtError(error)) throw error;
    throw labErrors.NO_RELAY({ verb, why: error.message }, error);
  }
}
