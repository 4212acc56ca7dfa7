import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** A process of this machine. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  /** Stopped by a signal (SIGSTOP), not ended. */
  readonly stopped: boolean;
  /** As the host's `processStartTime` tells it. */
  readonly startTime: string;
  /** Process group; what was started detached has one of its own. */
  readonly group: number;
}

const run = promisify(execFile);

/** How long `ps` may take where there is no /proc, and how much it may print. */
const PS_LIMIT_MS = 5_000;
const PS_MAX_BYTES = 16 << 20;

/** All living processes, by pid. Those that have ended and were not collected yet are left out. */
export async function processTable(): Promise<ReadonlyMap<number, ProcessEntry>> {
  const entries = process.platform === 'linux' ? await fromProc() : await fromPs();
  return new Map(entries.map((entry) => [entry.pid, entry]));
}

/** Every process that descends from one of `roots`; the roots themselves are not in it. */
export function descendants(
  table: ReadonlyMap<number, ProcessEntry>,
  roots: ReadonlySet<number>,
): readonly ProcessEntry[] {
  return [...table.values()].filter((entry) => {
    if (roots.has(entry.pid)) return false;
    // A parent has a smaller depth, so the walk ends; the table's size bounds it all the same.
    let parent = table.get(entry.parent);
    for (let depth = 0; parent && depth < table.size; depth += 1) {
      if (roots.has(parent.pid)) return true;
      parent = table.get(parent.parent);
    }
    return false;
  });
}

async function fromProc(): Promise<ProcessEntry[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(pids.map(readStat));
  return stats.flatMap((stat, i) => (stat === undefined ? [] : parseStat(Number(pids[i]), stat)));
}

async function readStat(pid: string): Promise<string | undefined> {
  try {
    return await readFile(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // It has ended since the folder was read.
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}

/** Fields 3 (state), 4 (parent), 5 (group) and 22 (start); the name in field 2 may hold spaces and brackets. */
function parseStat(pid: number, stat: string): ProcessEntry[] {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state = '', parent = '', group = ''] = fields;
  if (state === 'Z' || state === 'X') return [];
  const startTime = fields[19] ?? '';
  return [{ pid, parent: Number(parent), group: Number(group), stopped: state === 'T', startTime }];
}

async function fromPs(): Promise<ProcessEntry[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,pgid=,stat=,lstart='], {
    timeout: PS_LIMIT_MS,
    maxBuffer: PS_MAX_BYTES,
    env: { ...process.env, LC_ALL: 'C' },
  });
  return stdout.split('\n').flatMap((line) => {
    const [pid, parent, group, state = '', ...start] = line.trim().split(/\s+/);
    if (!pid || state.startsWith('Z')) return [];
    const stopped = state.startsWith('T');
    const ids = { pid: Number(pid), parent: Number(parent), group: Number(group) };
    return [{ ...ids, stopped, startTime: start.join(' ') }];
  });
}

/** Pids of processes whose command line holds a text. */
export async function pidsWithArgument(text: string): Promise<ReadonlySet<number>> {
  if (process.platform !== 'linux') return pidsFromPs(text);
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readCommandLine(pid)));
  return new Set(pids.flatMap((pid, i) => (lines[i]?.includes(text) ? [Number(pid)] : [])));
}

async function readCommandLine(pid: string): Promise<string> {
  try {
    return await readFile(`/proc/${pid}/cmdline`, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // It has ended since the folder was read, or is not ours to look at.
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES') return '';
    throw error;
  }
}

async function pidsFromPs(text: string): Promise<ReadonlySet<number>> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,args='], {
    timeout: PS_LIMIT_MS,
    maxBuffer: PS_MAX_BYTES,
  });
  const lines = stdout.split('\n').filter((line) => line.includes(text));
  return new Set(lines.map((line) => Number(line.trim().split(/\s+/, 1)[0])));
}
