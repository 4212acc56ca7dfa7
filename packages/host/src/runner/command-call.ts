import type { CommandCall, CommandHandler, CommandResult } from '@ftctl/sdk';
import type { ControlCall } from '../control/serve-connection.ts';
import { hostErrors } from '../errors.ts';

/** What a caller asks of the operation `command`. */
export interface CommandRequest {
  readonly command: string;
  readonly args: CommandCall['args'];
  readonly options: CommandCall['options'];
  readonly cwd: string;
}

/** Output on its way to the caller, base64. */
export interface OutputEvent {
  readonly output: string;
  readonly to: 'stdout' | 'stderr';
}

/** Runs a handler for a call that came over a control socket. */
export async function answerCommand(
  handler: CommandHandler,
  request: CommandRequest,
  call: ControlCall,
): Promise<CommandResult> {
  return handler({
    args: request.args,
    options: request.options,
    cwd: request.cwd,
    stdin: decoded(call.input),
    write: (piece, to = 'stdout') => {
      const event: OutputEvent = { output: Buffer.from(piece).toString('base64'), to };
      call.event(event);
    },
    onInterrupt: (listener) => call.onInterrupt(listener),
  });
}

/** The request in a call's parameters. @throws FtError FT_HOST_BAD_REQUEST */
export function commandRequest(params: unknown): CommandRequest {
  const { command, args, options, cwd } = (params ?? {}) as Partial<CommandRequest>;
  if (typeof command !== 'string' || typeof cwd !== 'string') {
    throw hostErrors.BAD_REQUEST({ op: 'command', why: 'command and cwd must be texts' });
  }
  return { command, args: args ?? {}, options: options ?? {}, cwd };
}

async function* decoded(input: AsyncIterable<unknown>): AsyncIterable<Uint8Array> {
  for await (const piece of input) yield new Uint8Array(Buffer.from(String(piece), 'base64'));
}
