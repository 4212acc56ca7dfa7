import { type ExecFileSyncOptions, execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { platform } from 'node:os';
import { join } from 'node:path';
import { ownFile } from '../places.ts';

/** One thing that the recorded process did, in order. */
export type TraceEvent =
  | { readonly kind: 'write'; readonly at: number; readonly data: Buffer }
  | { readonly kind: 'size'; readonly size: number }
  /** The newest write was made through a descriptor that flushes each. */
  | { readonly kind: 'written-through' }
  | { readonly kind: 'flush-begins' }
  | { readonly kind: 'flushed' }
  | { readonly kind: 'acknowledged'; readonly number: number };

const NOTE_HEAD_BYTES = 24;
const QUIET: ExecFileSyncOptions = { stdio: 'pipe' };

/** Why nothing can be recorded on this machine. */
export function recordingObstacle(): string | undefined {
  if (platform() !== 'linux') return 'a process is recorded with LD_PRELOAD, which is for Linux';
  try {
    execFileSync('cc', ['--version'], QUIET);
    return undefined;
  } catch {
    return 'the recorder is made with a C compiler, and there is no `cc`';
  }
}

/** Makes the recorder in a folder; the answer is its file. */
export function buildShim(folder: string): string {
  const shim = join(folder, 'shim.so');
  const source = ownFile('src/store-power/shim.c');
  execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', shim, source, '-ldl', '-lpthread'], QUIET);
  return shim;
}

export interface RecordOptions {
  readonly folder: string;
  readonly shim: string;
  readonly commits: number;
  readonly seed: number;
}

/** Runs the writer to its end and answers what it did to its file. */
export async function recordWriter(options: RecordOptions): Promise<TraceEvent[]> {
  const { folder, shim, commits, seed } = options;
  const file = join(folder, 'trace');
  const args = [join(folder, 'store/p'), join(folder, 's'), String(commits), String(seed)];
  const child = spawn(process.execPath, [ownFile('dist/store-power/writer.js'), ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, LD_PRELOAD: shim, FT_TRACE: file },
  });
  let errors = '';
  child.stderr.on('data', (piece: Buffer) => {
    errors += piece.toString();
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`the writer ended with ${code}: ${errors}`);
  return readTrace(readFileSync(file));
}

function readTrace(bytes: Buffer): TraceEvent[] {
  const events: TraceEvent[] = [];
  let position = 0;
  while (position < bytes.length) {
    const kind = String.fromCharCode(bytes[position] ?? 0);
    const at = Number(bytes.readBigUInt64LE(position + 8));
    const length = Number(bytes.readBigUInt64LE(position + 16));
    const start = position + NOTE_HEAD_BYTES;
    const data = bytes.subarray(start, start + length);
    position = start + length;
    events.push(...eventsOf(kind, at, data));
  }
  return events;
}

function eventsOf(kind: string, at: number, data: Buffer): TraceEvent[] {
  switch (kind) {
    case 'W':
      return [{ kind: 'write', at, data }];
    case 'T':
      return [{ kind: 'size', size: at }];
    case 'D':
      return [{ kind: 'written-through' }];
    case 'F':
      return [{ kind: 'flush-begins' }];
    case 'E':
      return [{ kind: 'flushed' }];
    case 'A':
      return data
        .toString()
        .trim()
        .split('\n')
        .map((line) => ({ kind: 'acknowledged', number: Number(line) }));
    default:
      throw new Error(`the recorded process did something that no power cut is known for: ${kind}`);
  }
}
