import type { CommandCall, CommandResult } from '@ftctl/sdk';
import { readConfigFile } from './config/read.ts';
import { openPluginCall } from './control/call.ts';
import type { OpenCall } from './control/client.ts';
import { planPlugins } from './daemon/plan.ts';
import { hostErrors } from './errors.ts';
import type { HomePaths } from './paths.ts';
import type { CommandRequest, OutputEvent } from './runner/command-call.ts';
import { pluginEnvironment } from './runner/environment.ts';
import { callShortProcess } from './runner/short-process.ts';

export interface RunCommandOptions {
  readonly paths: HomePaths;
  readonly plugin: string;
  readonly command: string;
  readonly args: CommandCall['args'];
  readonly options: CommandCall['options'];
  readonly cwd: string;
  /** The caller's standard input; pulled only when the command reads it. */
  readonly stdin?: AsyncIterable<Uint8Array>;
  readonly write: (piece: Uint8Array, to: 'stdout' | 'stderr') => void;
}

/** Loading a plugin and opening its store takes a while before the first line comes. */
const CLI_ANSWER_WITHIN_MS = 15_000;

/**
 * Runs a command with `runs: plugin` in the plugin's process.
 *
 * @throws FtError (by `answer`) FT_HOST_DOWN, FT_HOST_NOT_ANSWERING, FT_HOST_NO_COMMAND, or the command's own
 */
export function runPluginCommand(options: RunCommandOptions): Promise<OpenCall<CommandResult>> {
  const { paths, plugin } = options;
  return openPluginCall<CommandResult>(
    paths,
    plugin,
    'command',
    requestOf(options),
    callOptions(options),
  );
}

/**
 * Runs a command with `runs: cli` in a short process of its own, the store open
 * for reading alone. The host may be down.
 *
 * @param runtime path of the runner's entry module, and version of ftctl
 * @throws FtError FT_HOST_NOT_INSTALLED, FT_HOST_CONFIG; by `answer` the command's own
 */
export async function runCliCommand(
  options: RunCommandOptions,
  runtime: { readonly runner: string; readonly version: string },
): Promise<OpenCall<CommandResult>> {
  const { paths, plugin, write } = options;
  const planned = await planPlugins(paths, await readConfigFile(paths));
  const found = planned.find((one) => one.id === plugin);
  if (found?.problem) throw found.problem;
  if (!found?.launch) throw hostErrors.NOT_INSTALLED({ plugin });
  const { spec, manifest } = found.launch;
  return callShortProcess<CommandResult>(
    {
      runner: runtime.runner,
      mode: 'cli',
      environment: pluginEnvironment(manifest),
      who: `plugin ${plugin}`,
      onOutput: write,
    },
    'command',
    { ...requestOf(options), spec, runner: runtime.version },
    { ...callOptions(options), answerWithinMs: CLI_ANSWER_WITHIN_MS },
  );
}

function requestOf({ command, args, options, cwd }: RunCommandOptions): CommandRequest {
  return { command, args, options, cwd };
}

function callOptions({ stdin, write }: RunCommandOptions) {
  return {
    onEvent: (event: unknown) => {
      const { output, to } = event as OutputEvent;
      write(new Uint8Array(Buffer.from(output, 'base64')), to);
    },
    ...(stdin ? { input: encoded(stdin) } : {}),
  };
}

async function* encoded(stdin: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  for await (const piece of stdin) yield Buffer.from(piece).toString('base64');
}
