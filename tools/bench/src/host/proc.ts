import { readFile, stat } from 'node:fs/promises';

/** Readings of Linux's /proc, which other systems do not have. */
export const hasProc = process.platform === 'linux';

/** Ticks of the clock in which Linux tells start times; fixed by its interface to programs. */
const TICKS_PER_S = 100;

/** Resident memory of a process in MB (10^6 bytes). */
export function residentMb(pid: number): Promise<number> {
  return memoryMb(pid, 'VmRSS');
}

/** The same without what is mapped from files, which the system takes back when it likes. */
export function ownMemoryMb(pid: number): Promise<number> {
  return memoryMb(pid, 'RssAnon');
}

async function memoryMb(pid: number, field: 'VmRSS' | 'RssAnon'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kib = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
  if (!kib) throw new Error(`/proc/${pid}/status has no ${field}`);
  return (Number(kib) * 1_024) / 1e6;
}

/**
 * Seconds from the fork of a process to the last change of a file that it
 * writes; to about 20 ms.
 */
export async function secondsFromFork(pid: number, file: string): Promise<number> {
  const [fields, uptime, { mtimeMs }] = await Promise.all([
    statFields(pid),
    readFile('/proc/uptime', 'utf8'),
    stat(file),
  ]);
  const startTicks = Number(fields[19]);
  const ageS = Number(uptime.split(' ')[0]) - startTicks / TICKS_PER_S;
  return mtimeMs / 1_000 - (Date.now() / 1_000 - ageS);
}

/** Seconds of the processors that a process has used, in its own code and in the system's; to 10 ms. */
export async function cpuSeconds(pid: number): Promise<number> {
  const fields = await statFields(pid);
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
}

/** Fields are counted after the program's name, which may hold anything: the state is 0. */
async function statFields(pid: number): Promise<readonly string[]> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8');
  return line.slice(line.lastIndexOf(')') + 2).split(' ');
}
