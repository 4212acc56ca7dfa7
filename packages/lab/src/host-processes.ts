import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { type HomePaths, readRunRecord, signalProcess } from '@ftctl/host';
import { descendants, type ProcessEntry, pidsWithArgument, processTable } from './process-table.ts';

/** A living process of a host of the lab. */
export interface HostProcess extends ProcessEntry {
  /**
   * `host`, the id of a plugin, `child` for what these have started, or `job` for
   * what they have started to outlive them: detached, or with a file of the
   * host's data folder on its command line.
   */
  readonly role: string;
}

/** Every living process of a host, also of one whose daemon is gone. */
export async function hostProcesses(paths: HomePaths): Promise<readonly HostProcess[]> {
  const table = await processTable();
  const found = new Map<number, HostProcess>();
  for (const role of await recorded(paths)) {
    const record = await readRunRecord(paths, role);
    const entry = record && table.get(record.pid);
    if (record && entry?.startTime === record.startTime) found.set(entry.pid, { ...entry, role });
  }
  const groups = new Set([...found.values()].map(({ group }) => group));
  const left = await pidsWithArgument(`${paths.home}/data/`);
  const roots = new Set([...found.keys(), ...left]);
  const others = [...table.values()].filter(({ pid }) => left.has(pid) && !found.has(pid));
  const rest = new Map(
    [...others, ...descendants(table, roots)].map((entry) => [entry.pid, entry]),
  );
  const children = [...rest.values()].filter(({ pid }) => !found.has(pid));
  return [
    ...found.values(),
    ...children.map((entry) => ({ ...entry, role: groups.has(entry.group) ? 'child' : 'job' })),
  ];
}

/** Sends a signal to all of them. Those that have ended meanwhile are left out of the count. */
export async function signalAll(
  processes: readonly HostProcess[],
  signal: NodeJS.Signals,
): Promise<number> {
  const sent = await Promise.all(processes.map((each) => signalProcess(each, signal)));
  return sent.filter(Boolean).length;
}

/**
 * Stops every process of a host where it stands. The daemon comes first, so
 * that nothing new is started while the others are looked up.
 */
export async function freeze(paths: HomePaths): Promise<readonly HostProcess[]> {
  const daemon = (await hostProcesses(paths)).filter(({ role }) => role === 'host');
  await signalAll(daemon, 'SIGSTOP');
  const processes = await hostProcesses(paths);
  await signalAll(processes, 'SIGSTOP');
  return processes;
}

/** Lets stopped processes go on, the daemon last: it would find its plugins silent otherwise. */
export async function thaw(paths: HomePaths): Promise<readonly HostProcess[]> {
  const processes = await hostProcesses(paths);
  await signalAll(
    processes.filter(({ role }) => role !== 'host'),
    'SIGCONT',
  );
  await signalAll(
    processes.filter(({ role }) => role === 'host'),
    'SIGCONT',
  );
  return processes;
}

async function recorded(paths: HomePaths): Promise<readonly string[]> {
  try {
    const names = await readdir(paths.run);
    return names.filter((name) => name.endsWith('.json')).map((name) => basename(name, '.json'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
