import { type FileHandle, open } from 'node:fs/promises';

/** How much of a file is read at once. */
const CHUNK_BYTES = 64 * 1024;

/** Most lines that can be asked for. */
export const MAX_LINES = 100_000;

/** The last lines of a file, and where it ended. */
export interface Tail {
  readonly lines: readonly string[];
  /** Bytes of the file that were complete lines. */
  readonly end: number;
}

/** Reads the last `count` complete lines of a file; undefined when there is no such file. */
export async function tailFile(path: string, count: number): Promise<Tail | undefined> {
  const file = await openIfThere(path);
  if (!file) return undefined;
  try {
    return await tail(file, count);
  } finally {
    await file.close();
  }
}

/** Opens a file for reading; undefined when there is none. */
export async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Complete lines of a file from `start` on, at most one chunk of them, and where they end. */
export async function readLines(file: FileHandle, start: number): Promise<Tail> {
  const buffer = Buffer.alloc(CHUNK_BYTES);
  const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, start);
  const end = buffer.subarray(0, bytesRead).lastIndexOf('\n');
  if (end === -1) {
    // A line longer than a chunk is passed over: it is no line of a log of ours.
    return { lines: [], end: bytesRead === CHUNK_BYTES ? start + bytesRead : start };
  }
  return { lines: buffer.toString('utf8', 0, end).split('\n'), end: start + end + 1 };
}

async function tail(file: FileHandle, count: number): Promise<Tail> {
  const { size } = await file.stat();
  let text = Buffer.alloc(0);
  let start = size;
  // One newline more than lines are wanted, so that the first line is whole.
  while (start > 0 && countNewlines(text) <= count) {
    const length = Math.min(CHUNK_BYTES, start);
    start -= length;
    const chunk = Buffer.alloc(length);
    await file.read(chunk, 0, length, start);
    text = Buffer.concat([chunk, text]);
  }
  const complete = text.subarray(0, text.lastIndexOf('\n') + 1);
  const lines = complete.toString('utf8').split('\n').slice(0, -1);
  const end = size - (text.length - complete.length);
  return { lines: count === 0 ? [] : lines.slice(-count), end };
}

function countNewlines(text: Buffer): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
