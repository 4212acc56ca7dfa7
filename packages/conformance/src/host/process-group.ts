import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PS_LIMIT_MS = 5_000;

/**
 * The processes that live in the process group of `leader`. A plugin process
 * leads a group of its own, in which its children are.
 */
export async function groupMembers(leader: number): Promise<readonly number[]> {
  const all = process.platform === 'linux' ? await fromProc() : await fromPs();
  return all.filter(({ group }) => group === leader).map(({ pid }) => pid);
}

/** Kills what is left of a group that this run has started. */
export async function killGroup(leader: number): Promise<void> {
  if ((await groupMembers(leader)).length === 0) return;
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

interface Member {
  readonly pid: number;
  readonly group: number;
}

async function fromProc(): Promise<Member[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const members = await Promise.all(pids.map(readMember));
  return members.filter((member) => member !== undefined);
}

/** Fields 3 (state) and 5 (group); undefined for what has ended, also when nobody has waited for it. */
async function readMember(pid: string): Promise<Member | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : { pid: Number(pid), group: Number(fields[2]) };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}

async function fromPs(): Promise<Member[]> {
  const { stdout } = await run('ps', ['-axo', 'pid=,pgid=,stat='], { timeout: PS_LIMIT_MS });
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([pid, , state]) => pid && !state?.startsWith('Z'))
    .map(([pid, group]) => ({ pid: Number(pid), group: Number(group) }));
}
