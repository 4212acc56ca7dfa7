import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Home } from './lmdb-harness.ts';

const ROOM = join(import.meta.dirname, '..');

/** Children are real processes and run what a release runs: the built store. */
export function buildStore(): void {
  execFileSync(process.execPath, [join(ROOM, '../../tools/build/build.mjs')], { cwd: ROOM });
}

export interface Writer {
  readonly pid: number;
  /** Highest record number that it has printed. */
  acknowledged(): number;
  /** Resolves when it has printed one more number. */
  moreAcknowledged(): Promise<void>;
  signal(name: NodeJS.Signals): void;
  /** Ends it as SIGKILL does, and waits until it is gone and all that it printed has been read. */
  kill(): Promise<void>;
}

/** Starts a process that writes the store of the plugin `publisher` without end. */
export function startWriter(home: Home): Writer {
  const script = join(ROOM, 'test/children/writer.mjs');
  const child = spawn(process.execPath, [script, home.store('publisher'), home.sockets], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('the writer could not be started');
  let acknowledged = 0;
  let rest = '';
  let waiting: (() => void)[] = [];
  child.stdout.setEncoding('utf8').on('data', (data: string) => {
    const lines = (rest + data).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) acknowledged = Math.max(acknowledged, Number(line));
    for (const resolve of waiting) resolve();
    waiting = [];
  });
  onTestFinished(() => kill(child));
  return {
    pid,
    acknowledged: () => acknowledged,
    moreAcknowledged: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
      }),
    signal: (name) => child.kill(name),
    kill: () => kill(child),
  };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await closed;
}
