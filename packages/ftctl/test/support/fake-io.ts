import { Readable } from 'node:stream';
import type { Io } from '../../src/io.ts';
import { main } from '../../src/main.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process and keeps what it prints. */
export async function runMain(
  args: readonly string[],
  surroundings: Partial<Pick<Io, 'env' | 'cwd'>> & { readonly columns?: number } = {},
): Promise<Ran> {
  let stdout = '';
  let stderr = '';
  const decode = (piece: string | Uint8Array) => Buffer.from(piece).toString('utf8');
  const { columns, env = {}, cwd = process.cwd() } = surroundings;
  const terminal = columns === undefined ? {} : { isTTY: true, columns };
  const io: Io = {
    stdin: Readable.from([]),
    stdout: {
      ...terminal,
      write: (piece) => {
        stdout += decode(piece);
      },
    },
    stderr: {
      ...terminal,
      write: (piece) => {
        stderr += decode(piece);
      },
    },
    env,
    cwd,
  };
  const code = await main(args, io);
  return { code, stdout, stderr };
}
