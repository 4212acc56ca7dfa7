import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** How long `ps` may take where there is no /proc. */
const PS_LIMIT_MS = 5_000;

/** A process, so that a reused pid is not taken for it. */
export interface ProcessIdentity {
  readonly pid: number;
  /** As `processStartTime` tells it. */
  readonly startTime: string;
}

/**
 * Start time of a process as the system tells it, an opaque text. Undefined
 * when there is no such process, or it has ended and only its entry is left.
 */
export async function processStartTime(pid: number): Promise<string | undefined> {
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

export async function ownIdentity(): Promise<ProcessIdentity> {
  const startTime = await processStartTime(process.pid);
  if (startTime === undefined) throw new Error(`the system does not know process ${process.pid}`);
  return { pid: process.pid, startTime };
}

/** True when exactly that process still runs; a stopped one (SIGSTOP) runs too. */
export async function isRunning(identity: ProcessIdentity): Promise<boolean> {
  return (await processStartTime(identity.pid)) === identity.startTime;
}

/**
 * Sends a signal to exactly that process. False when it does not run any more.
 * Between the look and the signal there is no wait, so a reused pid is not hit.
 */
export async function signalProcess(
  identity: ProcessIdentity,
  signal: NodeJS.Signals,
): Promise<boolean> {
  if (!(await isRunning(identity))) return false;
  try {
    return process.kill(identity.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** Waits until that process has gone, looking every `everyMs`. False when it is still there at the end. */
export async function waitUntilGone(
  identity: ProcessIdentity,
  limitMs: number,
  everyMs = 25,
): Promise<boolean> {
  const end = performance.now() + limitMs;
  while (await isRunning(identity)) {
    if (performance.now() >= end) return false;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  return true;
}

/** Fields 3 (state) and 22 (start) of /proc/PID/stat; the name in field 2 may hold spaces and brackets. */
async function fromProc(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}

async function fromPs(pid: number): Promise<string | undefined> {
  try {
    const { stdout } = await run('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      timeout: PS_LIMIT_MS,
      env: { ...process.env, LC_ALL: 'C' },
    });
    const [state, ...start] = stdout.trim().split(/\s+/);
    return !state || state.startsWith('Z') ? undefined : start.join(' ');
  } catch (error) {
    // `ps` ends with 1 when there is no such process.
    if ((error as { code?: unknown }).code === 1) return undefined;
    throw error;
  }
}
