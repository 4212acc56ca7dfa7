import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ownIdentity, processStartTime } from './process-info.ts';

/** How often a lock that changes hands at this very moment is looked at again. */
const MAX_TRIES = 20;

export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Takes a lock for as long as this process lives; one whose process was killed
 * is taken over. Answers the pid of the living process that has it otherwise.
 *
 * The lock is a folder that holds one empty folder named by its owner. Taking
 * it is a rename of a ready-made folder, which fails while the lock is there;
 * taking over is a rename of the dead owner's folder, in which one process
 * alone can succeed. So no two processes can believe that they have it.
 *
 * @param lock path; the folder that it is in must exist
 */
export async function takeFolderLock(
  lock: string,
): Promise<FolderLock | { readonly heldBy: number }> {
  const token = await ownerToken();
  const making = `${lock}-${token}`;
  await mkdir(join(making, token), { recursive: true });
  try {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      if (await succeeded(rename(making, lock), ['ENOTEMPTY', 'EEXIST'])) break;
      const [owner] = await entries(lock);
      if (owner === undefined) continue;
      if (await ownerLives(owner)) return { heldBy: ownerPid(owner) };
      if (await succeeded(rename(join(lock, owner), join(lock, token)), ['ENOENT'])) break;
    }
  } finally {
    await rm(making, { recursive: true, force: true });
  }
  const [owner] = await entries(lock);
  return owner === token ? { release: () => release(lock, token) } : { heldBy: ownerPid(owner) };
}

async function release(lock: string, token: string): Promise<void> {
  await succeeded(rmdir(join(lock, token)), ['ENOENT']);
  // Another process may already have put its own folder in the place of the empty one.
  await succeeded(rmdir(lock), ['ENOTEMPTY', 'EEXIST', 'ENOENT']);
}

/** Pid, start time of that pid and a random part, as a file name. */
async function ownerToken(): Promise<string> {
  const { pid, startTime } = await ownIdentity();
  return `${pid}.${asName(startTime)}.${randomBytes(6).toString('hex')}`;
}

async function ownerLives(token: string): Promise<boolean> {
  const startTime = await processStartTime(ownerPid(token));
  return startTime !== undefined && asName(startTime) === token.split('.')[1];
}

function ownerPid(token = '0'): number {
  return Number.parseInt(token, 10) || 0;
}

function asName(startTime: string): string {
  return startTime.replace(/[^A-Za-z0-9]/g, '');
}

async function entries(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** True when it worked, false when it failed with one of the expected codes. */
async function succeeded(attempt: Promise<void>, expected: readonly string[]): Promise<boolean> {
  try {
    await attempt;
    return true;
  } catch (error) {
    if (expected.includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}
