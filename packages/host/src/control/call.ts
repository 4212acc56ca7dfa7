import type { HomePaths } from '../paths.ts';
import { readRunRecord } from '../run-record.ts';
import { type CallOptions, callControl, type OpenCall, openCall } from './client.ts';

/** Calls an operation of the host of this home. Errors as `callControl`. */
export async function callHost<Answer>(
  paths: HomePaths,
  op: string,
  params: unknown = {},
  options: CallOptions = {},
): Promise<Answer> {
  return callControl<Answer>(await socketOf(paths, 'host'), 'the host', op, params, options);
}

/** Calls an operation of a plugin's process, without the host. Errors as `callControl`. */
export async function callPlugin<Answer>(
  paths: HomePaths,
  plugin: string,
  op: string,
  params: unknown = {},
  options: CallOptions = {},
): Promise<Answer> {
  const socket = await socketOf(paths, plugin);
  return callControl<Answer>(socket, `plugin ${plugin}`, op, params, options);
}

/** `callPlugin` for callers that may interrupt the call. */
export async function openPluginCall<Answer>(
  paths: HomePaths,
  plugin: string,
  op: string,
  params: unknown = {},
  options: CallOptions = {},
): Promise<OpenCall<Answer>> {
  const socket = await socketOf(paths, plugin);
  return openCall<Answer>(socket, `plugin ${plugin}`, op, params, options);
}

/**
 * The process itself says where it listens, since its surroundings may name
 * another folder for sockets than the caller's (a service and a login shell do).
 */
async function socketOf(paths: HomePaths, process: string): Promise<string> {
  const record = await readRunRecord(paths, process);
  return record?.socket ?? paths.socket(process);
}
