import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Files whose content and name are on disk when the call returns. Mode 0600. */

/** Writes a file anew under a name of its own. */
export function writeFlushed(file: string, text: string): void {
  const handle = openSync(file, 'w', 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Puts a file in place whole, or not at all. */
export function replaceFlushed(file: string, text: string): void {
  const fresh = `${file}.${process.pid}.new`;
  writeFlushed(fresh, text);
  renameSync(fresh, file);
  flushFolder(dirname(file));
}

/**
 * Gives a name to a file with this content, unless the name is taken: of several
 * that try, one wins, and the content is whole (link(2) of a flushed file).
 *
 * @returns whether this call won
 */
export function claimName(file: string, text: string): boolean {
  const own = `${file}.${process.pid}`;
  writeFlushed(own, text);
  try {
    linkSync(own, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
  flushFolder(dirname(file));
  return true;
}

export function flushFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
