import { spawn } from 'node:child_process';
import { labErrors } from './errors.ts';
import { EXEC_WITHIN_MS, MAX_EXEC_OUTPUT_BYTES } from './limits.ts';

export interface ExecOptions {
  /** What the command reads from its standard input; nothing unless given. */
  readonly input?: string | Uint8Array;
  /** Default 120,000; then the command is killed. */
  readonly timeoutMs?: number;
  readonly cwd?: string;
}

export interface ExecResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a node program and keeps what it prints. */
export async function execNode(
  script: string,
  args: readonly string[],
  options: ExecOptions = {},
): Promise<ExecResult> {
  const { timeoutMs = EXEC_WITHIN_MS, cwd, input } = options;
  const child = spawn(process.execPath, [script, ...args], { cwd, stdio: 'pipe' });
  const stdout = collect(child.stdout, () => child.kill('SIGKILL'));
  const stderr = collect(child.stderr, () => child.kill('SIGKILL'));
  // A command that ends without reading its input is none of our business.
  child.stdin.on('error', () => child.stdin.destroy());
  child.stdin.end(input);
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    child.kill('SIGKILL');
  }, timeoutMs);
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve(exitCode ?? 1));
  }).finally(() => clearTimeout(timer));
  if (timedOut)
    throw labErrors.TIMEOUT({ what: `the end of ftctl ${args.join(' ')}`, ms: timeoutMs });
  return { code, stdout: stdout(), stderr: stderr() };
}

/** Runs a node program on the terminal of this one. Resolves to its exit code. */
export async function execInherit(script: string, args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [script, ...args], { stdio: 'inherit' });
  // The terminal sends these to the child as well; it is the one to decide.
  const ignore = () => undefined;
  process.on('SIGINT', ignore);
  const passOn = () => child.kill('SIGTERM');
  process.on('SIGTERM', passOn);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
    });
  } finally {
    process.off('SIGINT', ignore);
    process.off('SIGTERM', passOn);
  }
}

function collect(stream: NodeJS.ReadableStream, tooMuch: () => void): () => string {
  const pieces: Buffer[] = [];
  let bytes = 0;
  stream.on('data', (piece: Buffer) => {
    bytes += piece.length;
    if (bytes > MAX_EXEC_OUTPUT_BYTES) tooMuch();
    else pieces.push(piece);
  });
  return () => Buffer.concat(pieces).toString('utf8');
}
