import fs from 'node:fs';

/** What the launcher does to the disk; its tests bring one that fails or kills at a step. */
export type Disk = Pick<
  typeof fs,
  | 'openSync'
  | 'writeSync'
  | 'fsyncSync'
  | 'closeSync'
  | 'linkSync'
  | 'renameSync'
  | 'unlinkSync'
  | 'readFileSync'
  | 'existsSync'
>;

export const systemDisk: Disk = fs;

const OWNER_ONLY = 0o600;

/** Writes a file, new or anew, without waiting for the disk. */
export function writeFile(disk: Disk, path: string, text: string): void {
  write(disk, path, text, false);
}

/** Writes a file; when it returns the content is on disk, the name not yet. */
export function writeFlushed(disk: Disk, path: string, text: string): void {
  write(disk, path, text, true);
}

/** Puts the names in a folder on disk. */
export function flushFolder(disk: Disk, folder: string): void {
  const handle = disk.openSync(folder, 'r');
  try {
    disk.fsyncSync(handle);
  } finally {
    disk.closeSync(handle);
  }
}

/** Removes a file that may not be there. */
export function remove(disk: Disk, path: string): void {
  try {
    disk.unlinkSync(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

/** `EEXIST` and so on; undefined for what is no system error. */
export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}

function write(disk: Disk, path: string, text: string, flush: boolean): void {
  const handle = disk.openSync(path, 'w', OWNER_ONLY);
  try {
    const bytes = Buffer.from(text);
    let at = 0;
    while (at < bytes.length) at += disk.writeSync(handle, bytes, at);
    if (flush) disk.fsyncSync(handle);
  } finally {
    disk.closeSync(handle);
  }
}
