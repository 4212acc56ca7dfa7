import { mkdir, readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { describeError } from '@ftctl/sdk';
import type { LockedPlugin, Lockfile } from '../lockfile-types.ts';
import { homePaths } from '../paths.ts';
import { writeFileAtomically } from './atomic-file.ts';
import { installErrors } from './errors.ts';

/**
 * What is installed in a home; nothing when there is no lockfile yet.
 *
 * @throws FtError FT_INSTALL_LOCKFILE when the file cannot be read or is not a lockfile
 */
export async function readLockfile(home: string): Promise<Lockfile> {
  const path = homePaths(home).lockfile;
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { lockVersion: 1, plugins: {} };
    throw installErrors.LOCKFILE({ path, why: describeError(error) }, error);
  }
  try {
    return parseLockfile(JSON.parse(text));
  } catch (error) {
    throw installErrors.LOCKFILE({ path, why: describeError(error) }, error);
  }
}

/** Writes the lockfile atomically, plugins in the order of their ids. */
export async function writeLockfile(home: string, lockfile: Lockfile): Promise<void> {
  const path = homePaths(home).lockfile;
  const plugins = Object.fromEntries(
    Object.entries(lockfile.plugins).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  await mkdir(dirname(path), { recursive: true });
  await writeFileAtomically(path, `${JSON.stringify({ ...lockfile, plugins }, null, 2)}\n`);
}

/** The lockfile with one plugin added, replaced, or (without `entry`) taken out. */
export function withPlugin(lockfile: Lockfile, id: string, entry?: LockedPlugin): Lockfile {
  const { [id]: _replaced, ...others } = lockfile.plugins;
  return { lockVersion: 1, plugins: entry ? { ...others, [id]: entry } : others };
}

/** Absolute path of an installed plugin's package. */
export function pluginFolder(home: string, entry: LockedPlugin): string {
  return isAbsolute(entry.folder) ? entry.folder : join(home, entry.folder);
}

const ID = /^[a-z][a-z0-9-]{0,39}$/;

function parseLockfile(value: unknown): Lockfile {
  if (!isRecord(value)) throw new Error('it is not a JSON object');
  if (value.lockVersion !== 1) {
    throw new Error(`lockVersion is ${JSON.stringify(value.lockVersion)}, this ftctl knows 1`);
  }
  if (!isRecord(value.plugins)) throw new Error('`plugins` is missing');
  for (const [id, entry] of Object.entries(value.plugins)) {
    if (!ID.test(id) || !isLockedPlugin(entry)) throw new Error(`the entry ${id} is not complete`);
  }
  return value as unknown as Lockfile;
}

function isLockedPlugin(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const texts = ['package', 'version', 'source', 'folder', 'addedAt'];
  if (!texts.every((name) => typeof value[name] === 'string' && value[name] !== '')) return false;
  return value.linked === true || typeof value.integrity === 'string';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
