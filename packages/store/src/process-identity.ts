import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/**
 * Who runs, in a way that survives reuse of process ids: a pid together with
 * the time at which that process was started, as the system tells it.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTime: string;
}

/** Tells who this process is and who is alive; tests put others in its place. */
export interface ProcessTable {
  readonly self: ProcessIdentity;
  isAlive(identity: ProcessIdentity): boolean;
}

export function systemProcesses(): ProcessTable {
  const self = { pid: process.pid, startTime: startTimeOf(process.pid) ?? 'unknown' };
  return { self, isAlive };
}

function isAlive(identity: ProcessIdentity): boolean {
  const startTime = startTimeOf(identity.pid);
  if (startTime !== undefined) return startTime === identity.startTime;
  return answersSignals(identity.pid);
}

/** Undefined when there is no such process, or when the system hides it. */
function startTimeOf(pid: number): string | undefined {
  return existsSync('/proc/self/stat') ? linuxStartTime(pid) : otherStartTime(pid);
}

const ENDED_STATES = new Set(['Z', 'X', 'x']);
/** Position of the start time behind the state, in `/proc/PID/stat` (proc(5), field 22). */
const START_TIME_FIELD = 19;

function linuxStartTime(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined; // no such process, or hidden from this user
  }
  // The command's name stands in brackets and may itself hold brackets and blanks.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields[START_TIME_FIELD];
  if (ticks === undefined) return undefined;
  // A process that ended and was not waited for holds no store.
  if (ENDED_STATES.has(fields[0] ?? '')) return 'ended';
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return `${boot}/${ticks}`;
}

function otherStartTime(pid: number): string | undefined {
  try {
    const started = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    return started.trim() || undefined;
  } catch {
    return undefined; // `ps` ends with an error when there is no such process
  }
}

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
