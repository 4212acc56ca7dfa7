import type { CommandResult } from '@ftctl/sdk';
import { readConfigFile } from './config/read.ts';
import type { CallOptions, OpenCall } from './control/client.ts';
import { planPlugins } from './daemon/plan.ts';
import { hostErrors } from './errors.ts';
import type { HomePaths } from './paths.ts';
import type { CommandRequest, OutputEvent } from './runner/command-call.ts';
import { pluginEnvironment } from './runner/environment.ts';
import type { CliRequest } from './runner/run-cli.ts';
import { callShortProcess } from './runner/short-process.ts';

export interface CliCallOptions extends CallOptions {
  /** Path of the runner's entry module. */
  readonly runner: string;
  /** Version of ftctl. */
  readonly version: string;
}

/** Loading a plugin and opening its store takes a while before the first line comes. */
const ANSWER_WITHIN_MS = 15_000;

/**
 * Runs a command with `runs: cli` in a short process of its own, the store open
 * for reading alone; the host may be down. Events and input are those of the
 * operation `command` of a plugin's process (`OutputEvent`, pieces in base64).
 *
 * @throws FtError FT_HOST_NOT_INSTALLED, FT_HOST_DISABLED, FT_HOST_CONFIG; by `answer` the command's own
 */
export async function openCliCall(
  paths: HomePaths,
  plugin: string,
  request: CommandRequest,
  options: CliCallOptions,
): Promise<OpenCall<CommandResult>> {
  const { runner, version, ...callOptions } = options;
  const planned = await planPlugins(paths, await readConfigFile(paths));
  const found = planned.find((one) => one.id === plugin);
  if (found?.problem) throw found.problem;
  if (found && !found.enabled) throw hostErrors.DISABLED({ plugin });
  if (!found?.launch) throw hostErrors.NOT_INSTALLED({ plugin });
  const { spec, manifest } = found.launch;
  const params: CliRequest = { ...request, spec, manifest, runner: version };
  return callShortProcess<CommandResult>(
    {
      runner,
      mode: 'cli',
      environment: pluginEnvironment(manifest),
      who: `plugin ${plugin}`,
      onOutput: (bytes, to) => {
        const event: OutputEvent = { output: Buffer.from(bytes).toString('base64'), to };
        options.onEvent?.(event);
      },
    },
    'command',
    params,
    { answerWithinMs: ANSWER_WITHIN_MS, ...callOptions },
  );
}
