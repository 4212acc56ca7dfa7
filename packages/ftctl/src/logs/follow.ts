import type { FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { openIfThere, readLines } from './tail.ts';

/** How often a followed log is looked at. */
const LOOK_EVERY_MS = 250;

/**
 * Calls `onLine` for each line that is added to a log file, from byte `start`
 * on, until `signal` says stop. Goes over to the new file when it is rotated.
 */
export async function followFile(
  path: string,
  start: number,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  let file: FileHandle | undefined;
  let at = start;
  const stopped = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  try {
    while (!signal.aborted) {
      file ??= await openIfThere(path);
      if (file) at = await drain(file, at, onLine, signal);
      if (file && (await wasReplaced(file, path, at))) {
        await drain(file, at, onLine, signal);
        await file.close();
        file = undefined;
        at = 0;
        continue;
      }
      await Promise.race([sleep(LOOK_EVERY_MS), stopped]);
    }
  } finally {
    await file?.close();
  }
}

async function drain(
  file: FileHandle,
  from: number,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<number> {
  let at = from;
  while (!signal.aborted) {
    const { lines, end } = await readLines(file, at);
    if (end === at) break;
    for (const line of lines) onLine(line);
    at = end;
  }
  return at;
}

/** Rotated away, or cut to less than was read. */
async function wasReplaced(file: FileHandle, path: string, at: number): Promise<boolean> {
  const now = await openIfThere(path);
  if (!now) return false;
  try {
    const [before, after] = await Promise.all([file.stat(), now.stat()]);
    return before.ino !== after.ino || after.size < at;
  } finally {
    await now.close();
  }
}
