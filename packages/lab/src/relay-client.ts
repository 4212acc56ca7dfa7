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
  // In a short folder of its own, as the sockets of a host.
  const socket = homePaths(paths.dir).socket('relay');
  await writeJson(paths.relayRoutes, { ...task, socket } satisfies RelayTask);
  const launched = await launch(files.relay, [paths.relayRoutes], paths.relayLog);
  const look = async () => {
    const ended = launched.ended();
    if (ended !== undefined) {
      throw labErrors.NO_RELAY({ verb: 'start', why: (await lastLine(paths.relayLog)) || ended });
    }
    return isUp(socket);
  };
  try {
    const status = await waitUntil(look, {
      timeoutMs: RELAY_START_WITHIN_MS,
      what: 'the start of the relay',
    });
    const startTime = await processStartTime(launched.pid);
    if (startTime === undefined) throw labErrors.NO_RELAY({ verb: 'start', why: 'it ended' });
    const ports = status.routes.map(({ from, to, plugin, port }) => ({ from, to, plugin, port }));
    return { pid: launched.pid, startTime, socket, ports };
  } catch (error) {
    if (launched.ended() === undefined) process.kill(launched.pid, 'SIGKILL');
    throw error;
  }
}

export function relayStatus({ socket }: Pick<RelayRecord, 'socket'>): Promise<RelayStatus> {
  return callControl<RelayStatus>(socket, WHO, 'status');
}

export async function cutLink(relay: RelayRecord, request: CutRequest): Promise<void> {
  await ask(relay, 'cut', request);
}

export async function healLink(relay: RelayRecord, request: CutRequest): Promise<void> {
  await ask(relay, 'heal', request);
}

/** Ends the relay's process, and only that one. */
export async function stopRelay(record: RelayRecord): Promise<void> {
  if (!(await isRunning(record))) return;
  process.kill(record.pid, 'SIGTERM');
  if (await waitUntilGone(record, GONE_WITHIN_MS)) return;
  process.kill(record.pid, 'SIGKILL');
  await waitUntilGone(record, GONE_WITHIN_MS);
}

async function isUp(socket: string): Promise<RelayStatus | undefined> {
  try {
    return await relayStatus({ socket });
  } catch (error) {
    if (isFtError(error, 'FT_HOST_DOWN') || isFtError(error, 'FT_HOST_CUT')) return undefined;
    throw error;
  }
}

async function ask(
  { socket }: RelayRecord,
  verb: 'cut' | 'heal',
  request: CutRequest,
): Promise<void> {
  try {
    await callControl(socket, WHO, verb, request);
  } catch (error) {
    if (!isFtError(error)) throw error;
    throw labErrors.NO_RELAY({ verb, why: error.message }, error);
  }
}
