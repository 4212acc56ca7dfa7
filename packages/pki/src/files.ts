import { randomBytes } from 'node:crypto';
import { link, lstat, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pkiErrors } from './errors.ts';
import { MAX_PEM_BYTES } from './limits.ts';

/** What every file with a key has, and the folders that they lie in. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** Makes a folder that only its user can enter. */
export async function makePrivateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: FOLDER_MODE });
}

/**
 * Reads a file that nobody else may read, in a folder that nobody else may enter.
 *
 * @throws FtError FT_PKI_MODE, FT_PKI_DAMAGED, or the system's ENOENT
 */
export async function readPrivate(path: string, limitBytes = MAX_PEM_BYTES): Promise<string> {
  await requirePrivate(dirname(path), '700');
  await requirePrivate(path, '600');
  const { size } = await lstat(path);
  if (size > limitBytes) {
    throw pkiErrors.DAMAGED({ path, why: `it has ${size} bytes, the limit is ${limitBytes}` });
  }
  return readFile(path, 'utf8');
}

async function requirePrivate(path: string, wanted: string): Promise<void> {
  const { mode } = await lstat(path);
  if ((mode & 0o077) === 0) return;
  throw pkiErrors.MODE({ path, mode: (mode & 0o777).toString(8), wanted });
}

/** Replaces a private file as one step, on disk before it resolves. */
export async function replacePrivate(path: string, text: string): Promise<void> {
  const temporary = await writeTemporary(path, text);
  try {
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await flushFolder(dirname(path));
}

/**
 * Writes a private file unless there is one of that name. Of several callers,
 * in whatever processes, one alone succeeds; readers see it whole or not at all.
 *
 * @returns false when there is one already
 */
export async function createOnce(path: string, text: string): Promise<boolean> {
  const temporary = await writeTemporary(path, text);
  try {
    await link(temporary, path);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
  await flushFolder(dirname(path));
  return true;
}

/** The JSON in a file; undefined when there is none. @throws FtError FT_PKI_DAMAGED */
export async function readJson<T>(path: string): Promise<T | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw pkiErrors.DAMAGED({ path, why: 'it is not JSON' }, cause);
  }
}

/** Names in a folder with this ending, the ending left out. */
export async function namesIn(folder: string, ending: string): Promise<string[]> {
  const names = await readdir(folder);
  return names.filter((name) => name.endsWith(ending)).map((name) => name.slice(0, -ending.length));
}

export async function flushFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}

async function writeTemporary(path: string, text: string): Promise<string> {
  const temporary = join(dirname(path), `.${randomBytes(8).toString('hex')}.tmp`);
  const handle = await open(temporary, 'wx', FILE_MODE);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return temporary;
}
