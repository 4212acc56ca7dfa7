import {
  API_VERSION,
  type CliContext,
  type CommandHandler,
  type Logger,
  type Manifest,
} from '@ftctl/sdk';
import { serveConnection } from '../control/serve-connection.ts';
import { hostErrors } from '../errors.ts';
import { homePaths } from '../paths.ts';
import type { PluginSpec } from '../plugin-spec.ts';
import { systemClock } from './clock.ts';
import { answerCommand, type CommandRequest, commandRequest } from './command-call.ts';
import { inheritedSocket } from './inherited-socket.ts';
import { importPlugin } from './load-plugin.ts';
import { allowedProcesses } from './processes.ts';
import { systemRandom } from './random.ts';
import { openReader } from './rooms.ts';

/** What a caller asks of a short process for a command with `runs: cli`. */
export interface CliRequest extends CommandRequest {
  /** Checked by the caller, like the manifest. */
  readonly spec: PluginSpec;
  readonly manifest: Manifest;
  /** Version of the code that runs it. */
  readonly runner: string;
}

/** Answers one `command` over the inherited socket, then ends. */
export function runCli(): void {
  const socket = inheritedSocket();
  // The parent closes its end when it has the answer, or when it dies.
  socket.on('close', () => process.exit());
  serveConnection(socket, {
    who: 'the command',
    operations: {
      command: async (call) => {
        const { spec, manifest, runner } = call.params as CliRequest;
        const request = commandRequest(call.params);
        const logger = stderrLogger((text) => call.event(asStderr(text)), {});
        const { handler, close } = await prepare({ ...request, spec, manifest, runner }, logger);
        try {
          return await answerCommand(handler, request, call);
        } finally {
          close();
        }
      },
    },
  });
}

async function prepare(
  { spec, manifest, runner, command }: CliRequest,
  log: Logger,
): Promise<{ handler: CommandHandler; close: () => void }> {
  const plugin = await importPlugin(manifest, spec.folder);
  const make = plugin.cli && Object.hasOwn(plugin.cli, command) ? plugin.cli[command] : undefined;
  if (!make) throw hostErrors.NO_COMMAND({ plugin: spec.plugin, command });
  const reader = openReader(spec);
  const ctx: CliContext = {
    config: spec.config,
    get store() {
      return reader.store;
    },
    clock: systemClock,
    random: systemRandom,
    processes: allowedProcesses(spec.plugin, manifest.permissions?.childProcesses ?? []),
    log,
    host: {
      name: spec.host,
      plugin: spec.plugin,
      home: homePaths(spec.home).data(spec.plugin),
      versions: { plugin: spec.version, host: runner, api: API_VERSION },
    },
  };
  return { handler: make(ctx), close: reader.close };
}

function asStderr(text: string) {
  return { output: Buffer.from(text).toString('base64'), to: 'stderr' } as const;
}

/** A command has no log file: warnings and errors go to the caller's terminal. */
function stderrLogger(
  print: (text: string) => void,
  fields: Readonly<Record<string, unknown>>,
): Logger {
  const line = (level: string) => (text: string, more?: Readonly<Record<string, unknown>>) => {
    const all = { ...fields, ...more };
    const tail = Object.keys(all).length === 0 ? '' : ` ${JSON.stringify(all)}`;
    print(`${level}: ${text}${tail}\n`);
  };
  const quiet = (): void => undefined;
  return {
    debug: quiet,
    info: quiet,
    warn: line('warning'),
    error: line('error'),
    child: (more) => stderrLogger(print, { ...fields, ...more }),
  };
}
