import { join } from 'node:path';
import type { Call, Context } from '../context.ts';
import { cliErrors } from '../errors.ts';
import { followFile } from '../logs/follow.ts';
import { formatLine, parseLine } from '../logs/format.ts';
import { MAX_LINES, type Tail, tailFile } from '../logs/tail.ts';

interface LogsOptions {
  readonly follow?: boolean;
  readonly lines: string;
}

/** `ftctl logs [PLUGIN] [-f]`. */
export async function run(
  { out, paths, io }: Context,
  { args, options }: Call<LogsOptions>,
): Promise<undefined> {
  const name = args[0] ?? 'host';
  const file = join(paths.logs, `${name}.log`);
  const count = lineCount(options.lines);
  const tail = await tailWithRotated(file, count);
  if (!tail && !options.follow) throw cliErrors.NO_LOG({ process: name, folder: paths.logs });
  const lines = tail?.lines ?? [];
  if (!options.follow) {
    const entries = () => lines.map((line) => parseLine(line) ?? { msg: line });
    await out.result(out.json ? entries() : undefined, () =>
      lines.map((line) => formatLine(line, out.paint)).join('\n'),
    );
    return;
  }
  const print = (line: string) => {
    io.stdout.write(`${out.json ? line : formatLine(line, out.paint)}\n`);
  };
  for (const line of lines) print(line);
  await untilInterrupted((signal) => followFile(file, tail?.end ?? 0, print, signal));
}

/** The end of the log; when it was rotated a moment ago, together with the end of the file before. */
async function tailWithRotated(file: string, count: number): Promise<Tail | undefined> {
  const tail = await tailFile(file, count);
  if (tail && tail.lines.length >= count) return tail;
  const older = await tailFile(`${file}.1`, count - (tail?.lines.length ?? 0));
  if (!older) return tail;
  return { lines: [...older.lines, ...(tail?.lines ?? [])], end: tail?.end ?? 0 };
}

function lineCount(given: string): number {
  const count = Number(given);
  if (Number.isInteger(count) && count >= 0 && count <= MAX_LINES) return count;
  throw cliErrors.USAGE({
    why: `--lines takes a whole number up to ${MAX_LINES}, not ${given}`,
    help: 'ftctl logs',
  });
}

async function untilInterrupted(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const abort = new AbortController();
  const stop = () => abort.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    await work(abort.signal);
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}
