import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * A process, so that a pid that was used again is not taken for it, also after
 * a reboot. Nothing but Node's own modules here: the launcher starts with it.
 */
export interface ProcessIdentity {
  readonly pid: number;
  /** As the system tells it, an opaque text. */
  readonly startTime: string;
  /** Differs after each boot of the machine. */
  readonly boot: string;
}

const PS_LIMIT_MS = 5_000;

export function ownIdentity(): ProcessIdentity {
  return identityOf(process.pid);
}

/** @throws Error when there is no such process */
export function identityOf(pid: number): ProcessIdentity {
  const startTime = startTimeOf(pid);
  if (startTime === undefined) throw new Error(`the system does not know process ${pid}`);
  return { pid, startTime, boot: bootId() };
}

/** True when exactly that process still runs. */
export function isAlive({ pid, startTime, boot }: ProcessIdentity): boolean {
  return boot === bootId() && startTimeOf(pid) === startTime;
}

export function bootId(): string {
  if (process.platform === 'linux') {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  }
  return run('sysctl', ['-n', 'kern.boottime']);
}

/** Undefined when there is no such process, or only its entry is left. */
function startTimeOf(pid: number): string | undefined {
  if (process.platform !== 'linux') return startTimeFromPs(pid);
  try {
    // Fields 3 (state) and 22 (start); the name in field 2 may hold spaces and brackets.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}

function startTimeFromPs(pid: number): string | undefined {
  try {
    const [state = '', ...start] = run('ps', ['-o', 'stat=,lstart=', '-p', String(pid)]).split(
      /\s+/,
    );
    return state === '' || state.startsWith('Z') ? undefined : start.join(' ');
  } catch (error) {
    // `ps` ends with 1 when there is no such process.
    if ((error as { status?: unknown }).status === 1) return undefined;
    throw error;
  }
}

function run(command: string, args: readonly string[]): string {
  const env = { ...process.env, LC_ALL: 'C' };
  return execFileSync(command, args, { encoding: 'utf8', timeout: PS_LIMIT_MS, env }).trim();
}
