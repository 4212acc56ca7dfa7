import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { homePaths, isRunning, readRunRecord } from '@ftctl/host';

/** The program as it is installed. */
export const FTCTL = join(import.meta.dirname, '..', '..', 'bin', 'ftctl.js');

/** A plugin without dependencies. */
export const ECHO = join(import.meta.dirname, '..', 'fixtures', 'echo-plugin');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

export interface RunOptions {
  readonly input?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called with each piece of output, and how to send a signal. */
  readonly onOutput?: (piece: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** Runs the built `ftctl` as a process of its own. */
export function ftctl(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  if (!existsSync(join(FTCTL, '..', '..', 'dist', 'cli.js'))) {
    throw new Error('ftctl is not built: run `npm run setup`');
  }
  const started = performance.now();
  const child = spawn(process.execPath, [FTCTL, ...args], {
    stdio: 'pipe',
    cwd: options.cwd ?? tmpdir(),
    env: { ...process.env, NO_COLOR: '1', ...options.env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (piece: Buffer) => {
    stdout += piece.toString();
    options.onOutput?.(piece.toString(), (signal) => child.kill(signal));
  });
  child.stderr.on('data', (piece: Buffer) => {
    stderr += piece.toString();
  });
  child.stdin.on('error', () => child.stdin.destroy());
  child.stdin.end(options.input ?? '');
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) =>
      resolve({ code, stdout, stderr, ms: performance.now() - started }),
    );
  });
}

/** A home in a temporary folder, and how to end all that runs in it. */
export async function temporaryHome(): Promise<{
  readonly home: string;
  readonly remove: () => Promise<void>;
}> {
  const home = await mkdtemp(join(tmpdir(), 'ftctl-cli-'));
  return {
    home,
    remove: async () => {
      await endAll(home);
      await rm(homePaths(home).sockets, { recursive: true, force: true });
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** Pid of a process of a home, `host` or a plugin's id; undefined when it does not run. */
export async function pidOf(home: string, process: string): Promise<number | undefined> {
  const record = await readRunRecord(homePaths(home), process);
  return record && (await isRunning(record)) ? record.pid : undefined;
}

async function endAll(home: string): Promise<void> {
  for (const name of ['host', 'echo']) {
    const pid = await pidOf(home, name);
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  }
}
