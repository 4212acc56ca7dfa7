import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { codeOf } from './disk.ts';

/** How long `ps` and `sysctl` may take where there is no /proc. */
const COMMAND_LIMIT_MS = 5_000;

/** Which boot of the machine this is: an opaque text, another one after each start. */
export function bootId(): string {
  if (process.platform === 'linux') {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  }
  return execFileSync('sysctl', ['-n', 'kern.boottime'], {
    encoding: 'utf8',
    timeout: COMMAND_LIMIT_MS,
  }).trim();
}

/**
 * Start times of processes as the system tells them, opaque texts. One that
 * does not exist, or has ended and waits for its parent, is left out.
 */
export function startTimes(pids: readonly number[]): ReadonlyMap<number, string> {
  if (pids.length === 0) return new Map();
  return process.platform === 'linux' ? fromProc(pids) : fromPs(pids);
}

export function ownStartTime(): string {
  const { pid } = process;
  const startTime = startTimes([pid]).get(pid);
  if (startTime === undefined) throw new Error(`the system does not know process ${pid}`);
  return startTime;
}

/** Fields 3 (state) and 22 (start) of /proc/PID/stat; the name in field 2 may hold spaces and brackets. */
function fromProc(pids: readonly number[]): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const pid of pids) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const [state, start] = [fields[0], fields[19]];
      if (start !== undefined && state !== 'Z' && state !== 'X') found.set(pid, start);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ESRCH') throw error;
    }
  }
  return found;
}

function fromPs(pids: readonly number[]): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const line of askPs(pids).split('\n')) {
    const [pid, state, ...start] = line.trim().split(/\s+/);
    if (pid && state && !state.startsWith('Z')) found.set(Number(pid), start.join(' '));
  }
  return found;
}

function askPs(pids: readonly number[]): string {
  try {
    return execFileSync('ps', ['-o', 'pid=,stat=,lstart=', '-p', pids.join(',')], {
      encoding: 'utf8',
      timeout: COMMAND_LIMIT_MS,
      env: { ...process.env, LC_ALL: 'C' },
    });
  } catch (error) {
    // `ps` ends with 1 when none of them exists, and still prints those that do.
    const { status, stdout } = error as { status?: unknown; stdout?: unknown };
    if (status === 1 && typeof stdout === 'string') return stdout;
    throw error;
  }
}
