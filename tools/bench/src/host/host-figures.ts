import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../statistics.ts';
import { hasProc, residentMb, secondsFromFork } from './proc.ts';
import { PLUGIN, type RunningHost, startHost } from './running-host.ts';

const STATUS_RUNS = 15;
const RESTARTS = 5;
const READY_TIMEOUT_MS = 15_000;
const POLL_INTERVAL_MS = 50;

export interface HostFigures {
  readonly statusS: number;
  readonly readyS?: number;
  readonly rssMb?: number;
}

/** What a running host with one plugin costs, and how fast it answers. */
export async function hostFigures(progress: (line: string) => void): Promise<HostFigures> {
  progress('starting a host with one plugin');
  const host = await startHost();
  try {
    const before = await pluginReady(host);
    progress(`${STATUS_RUNS} times ftctl status`);
    const statusS = await statusSeconds(host);
    if (!hasProc) return { statusS };
    const rssMb = await residentMb((await host.status()).pid);
    progress(`${RESTARTS} restarts of the plugin`);
    return { statusS, rssMb, readyS: await readySeconds(host, before) };
  } finally {
    await host.stop();
  }
}

/** Median of the whole command, from start of the process to its end. */
async function statusSeconds(host: RunningHost): Promise<number> {
  const seconds: number[] = [];
  for (let run = 0; run < STATUS_RUNS; run += 1) {
    const startedMs = performance.now();
    await host.ftctl('status');
    seconds.push((performance.now() - startedMs) / 1_000);
  }
  return median(seconds);
}

/** Median from fork until the plugin's process has written that it is ready. */
async function readySeconds(host: RunningHost, before: number): Promise<number> {
  const seconds: number[] = [];
  let pid = before;
  for (let restart = 0; restart < RESTARTS; restart += 1) {
    await host.ftctl('restart', PLUGIN);
    pid = await pluginReady(host, pid);
    seconds.push(await secondsFromFork(pid, host.runRecord));
  }
  return median(seconds);
}

/** Waits until the plugin is well in a process other than `formerPid`; returns its pid. */
async function pluginReady(host: RunningHost, formerPid?: number): Promise<number> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  for (;;) {
    const plugin = (await host.status()).plugins.find(({ id }) => id === PLUGIN);
    if (plugin?.state === 'ok' && plugin.pid && plugin.pid !== formerPid) return plugin.pid;
    if (Date.now() > deadline) {
      throw new Error(`${PLUGIN} did not get ready: ${plugin?.state} ${plugin?.reason ?? ''}`);
    }
    await sleep(POLL_INTERVAL_MS);
  }
}
