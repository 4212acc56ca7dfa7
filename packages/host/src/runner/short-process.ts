import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { type CallOptions, callOver, type OpenCall } from '../control/client.ts';
import { INHERITED_FD } from './inherited-socket.ts';

export interface ShortProcess {
  /** Path of the runner's entry module. */
  readonly runner: string;
  readonly mode: 'cli' | 'probe';
  readonly environment: NodeJS.ProcessEnv;
  /** For errors. */
  readonly who: string;
  /** What the process itself prints. */
  readonly onOutput: (bytes: Uint8Array, from: 'stdout' | 'stderr') => void;
}

/**
 * Starts a runner for one call and makes the call over an inherited socket. The
 * process ends with the call, whatever comes.
 */
export function callShortProcess<Answer>(
  short: ShortProcess,
  op: string,
  params: unknown,
  options: CallOptions,
): OpenCall<Answer> {
  const child = spawn(process.execPath, [short.runner, short.mode], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: short.environment,
  });
  // Without a pid there is no process; the socket then fails, and the call with it.
  child.on('error', () => undefined);
  child.stdout?.on('data', (bytes: Buffer) => short.onOutput(bytes, 'stdout'));
  child.stderr?.on('data', (bytes: Buffer) => short.onOutput(bytes, 'stderr'));
  const socket = child.stdio[INHERITED_FD] as Socket;
  const call = callOver<Answer>(socket, short.who, op, params, options);
  return { ...call, answer: call.answer.finally(() => end(child)) };
}

/** Only the answer counts; what the plugin's code still does is cut off. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const closed = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await closed;
}
