import { type CommandRequest, type OutputEvent, openCliCall } from '@ftctl/host';
import { type CallOptions, type OpenCall, openPluginCall } from '@ftctl/host/control';
import type { CommandCall, CommandDeclaration, CommandResult } from '@ftctl/sdk';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { runnerPath } from '../own-files.ts';
import { version } from '../version.ts';

/** A plugin's command, as the command line has called it. */
export interface PluginCommandCall {
  readonly plugin: string;
  readonly declaration: CommandDeclaration;
  readonly args: CommandCall['args'];
  readonly options: CommandCall['options'];
}

/**
 * Runs a command of a plugin: in the plugin's own process, or in a short one.
 * Input, output, interrupts and the working directory are the caller's.
 */
export async function runPluginCommand(
  { io, out, paths }: Context,
  { plugin, declaration, args, options }: PluginCommandCall,
): Promise<number> {
  const request: CommandRequest = { command: declaration.name, args, options, cwd: io.cwd };
  const input = new StdinPieces(io);
  const transfer: CallOptions = {
    input,
    onEvent: (event) => {
      const { output, to } = event as OutputEvent;
      // With --json the document stands alone on standard output.
      const stream = to === 'stdout' && !out.json ? io.stdout : io.stderr;
      stream.write(Buffer.from(output, 'base64'));
    },
  };
  const call =
    declaration.runs === 'plugin'
      ? await openPluginCall<CommandResult>(paths, plugin, 'command', request, transfer)
      : await openCliCall(paths, plugin, request, { ...transfer, runner: runnerPath(), version });
  const { interrupted, release } = passSignals(call);
  try {
    const result = await call.answer;
    await out.result(result.data, () => showResult(result, out));
    return result.exitCode ?? EXIT.ok;
  } catch (error) {
    if (interrupted()) return EXIT.interrupted;
    throw error;
  } finally {
    release();
    input.close();
  }
}

async function showResult(result: CommandResult, out: Context['out']): Promise<string> {
  const table = result.table ? await out.table(result.table) : undefined;
  return [result.text, table].filter((part) => part !== undefined).join('\n');
}

/** The first interrupt is the command's; after a second one we do not wait for it. */
function passSignals(call: OpenCall<unknown>): {
  readonly interrupted: () => boolean;
  readonly release: () => void;
} {
  let count = 0;
  const pass = (signal: 'SIGINT' | 'SIGTERM') => {
    count += 1;
    if (count === 1) call.interrupt(signal);
    else call.cut();
  };
  const onInt = () => pass('SIGINT');
  const onTerm = () => pass('SIGTERM');
  process.on('SIGINT', onInt);
  process.on('SIGTERM', onTerm);
  return {
    interrupted: () => count > 0,
    release: () => {
      process.off('SIGINT', onInt);
      process.off('SIGTERM', onTerm);
    },
  };
}

/** Longest piece of input that is handed over at once, before base64. */
const MAX_PIECE_BYTES = 256 * 1024;

/** Standard input as base64 pieces. It is not touched before the command asks for it. */
class StdinPieces implements AsyncIterable<string> {
  private readonly io: Io;
  private touched = false;

  constructor(io: Io) {
    this.io = io;
  }

  async *[Symbol.asyncIterator](): AsyncIterator<string> {
    this.touched = true;
    for await (const chunk of this.io.stdin) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      for (let at = 0; at < bytes.length; at += MAX_PIECE_BYTES) {
        yield bytes.subarray(at, at + MAX_PIECE_BYTES).toString('base64');
      }
    }
  }

  /** Lets the process end although the input has not. */
  close(): void {
    if (this.touched) this.io.stdin.destroy();
  }
}
