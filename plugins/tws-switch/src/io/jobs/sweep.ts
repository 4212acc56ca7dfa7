import { type JobFolder, type StateFile, Unreadable } from './job-folder.ts';
import { type JobSystem, running } from './system.ts';

/**
 * Removes what is left of attempts that nobody knows any more, and half-written
 * files of processes that are gone. What still runs is left alone: a restored
 * store may not know it, and its claim keeps it from being run again.
 */
export async function sweep(
  folder: JobFolder,
  system: JobSystem,
  known: ReadonlySet<string>,
): Promise<void> {
  const files = await folder.stateFiles();
  const writers = files.flatMap(({ writer }) => (writer === undefined ? [] : [writer]));
  const alive = system.startTimes([...new Set(writers)]);
  for (const file of files) {
    if (file.writer !== undefined && !alive.has(file.writer)) await folder.remove(file);
  }
  const unknown = new Set(files.filter(isComplete).map(({ key }) => key));
  for (const key of unknown) {
    if (!known.has(key) && !(await isRunning(folder, system, key))) await folder.forget(key);
  }
}

function isComplete({ writer }: StateFile): boolean {
  return writer === undefined;
}

async function isRunning(folder: JobFolder, system: JobSystem, key: string): Promise<boolean> {
  try {
    const claim = await folder.claim(key);
    return claim?.by === 'launcher' && running(system, [claim]).has(claim);
  } catch (error) {
    // A claim that says nothing still keeps its attempt from being run.
    if (error instanceof Unreadable) return true;
    throw error;
  }
}
