import { spawn } from 'node:child_process';
import { errorFromShape, isFtError } from '@ftctl/sdk';
import { callHost } from '../control/call.ts';
import { hostErrors } from '../errors.ts';
import { readFailure } from '../failure-record.ts';
import { type HomePaths, homePaths } from '../paths.ts';
import { readLiveRecord } from '../run-record.ts';
import type { HostStatus } from '../status.ts';
import { openOutputFile } from './launcher.ts';

export interface StartHostOptions {
  readonly home: string;
  /** Program and arguments that run `hostMain` for that home. */
  readonly command: readonly [string, ...string[]];
  /** What to wait for: until the host answers, or until none of its plugins starts or stops any more. Default `plugins`. */
  readonly until?: 'host' | 'plugins';
  /** Default 30,000. */
  readonly timeoutMs?: number;
  readonly env?: NodeJS.ProcessEnv;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const LOOK_EVERY_MS = 30;

/**
 * Starts a host that outlives this process, and waits until it is ready.
 *
 * @throws FtError FT_HOST_UP_FAILED, or what kept the host from starting, for example FT_HOST_CONFIG
 */
export async function startHostDetached(options: StartHostOptions): Promise<HostStatus> {
  const paths = homePaths(options.home);
  const { timeoutMs = DEFAULT_TIMEOUT_MS, until = 'plugins' } = options;
  const log = `${paths.logs}/host.err`;
  const output = await openOutputFile(paths, 'host');
  const [program, ...args] = options.command;
  const child = spawn(program, args, {
    detached: true,
    stdio: ['ignore', output.fd, output.fd],
    env: options.env ?? process.env,
  });
  await output.close();
  let ended: string | undefined;
  child.once('error', (error) => {
    ended = error.message;
  });
  child.once('exit', (code, signal) => {
    ended = signal ? `killed by ${signal}` : `exit code ${code}`;
  });
  child.unref();
  const end = performance.now() + timeoutMs;
  while (performance.now() < end) {
    if (ended !== undefined) {
      const failure = await readFailure(paths, 'host', child.pid ?? 0);
      if (failure) throw errorFromShape(failure.error);
      throw hostErrors.UP_FAILED({ why: ended, log });
    }
    const status = await askStatus(paths, child.pid ?? 0);
    if (status && (until === 'host' || isSettled(status))) return status;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  throw hostErrors.UP_FAILED({ why: `not ready within ${timeoutMs} ms`, log });
}

/** Undefined while that process is not ready or does not answer yet. */
async function askStatus(paths: HomePaths, pid: number): Promise<HostStatus | undefined> {
  const record = await readLiveRecord(paths, 'host');
  if (record?.pid !== pid || !record.ready) return undefined;
  try {
    return await callHost<HostStatus>(paths, 'status');
  } catch (error) {
    if (isFtError(error)) return undefined;
    throw error;
  }
}

/** A plugin that is stopping at a start is one that is being replaced. */
function isSettled(status: HostStatus): boolean {
  return status.plugins.every(({ state }) => state !== 'starting' && state !== 'stopping');
}
