import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { isFtError, storeErrors } from '@ftctl/sdk';
import { dataFile, hasData } from './env-lmdb.ts';
import { PageFile } from './pages/page-file.ts';

const CONTENT = `${JSON.stringify(
  {
    what: 'A store of ftctl. While this file is here, data.mdb is never made anew.',
    startOver: 'To begin with an empty store, move this whole folder away.',
  },
  null,
  2,
)}\n`;

/** File that says that a store was made in its folder. */
export function markerFile(path: string): string {
  return join(path, 'store.json');
}

/**
 * Refuses a folder that had a store whose file is gone or empty: LMDB would make
 * a new one there, and nobody would notice that everything is lost.
 *
 * @throws FtError FT_STORE_CORRUPT
 */
export function requireData(path: string): void {
  if (hasData(path) || !existsSync(markerFile(path))) return;
  const why = 'it is missing or empty, though a store was made here';
  throw storeErrors.CORRUPT({ what: dataFile(path), why });
}

/** A file that was being made has no more than its heads and a first entry. */
const UNFINISHED_BYTES = 128 * 1024;

/**
 * A power cut while a store is made for the first time leaves a file whose heads
 * are not whole. Nothing was acknowledged by it: that begins once the marker is
 * on disk. It is moved out of the way, so that the store can be made.
 */
export function setAsideUnfinished(path: string): void {
  if (!hasData(path) || existsSync(markerFile(path))) return;
  const file = dataFile(path);
  try {
    PageFile.open(file).close();
  } catch (error) {
    const isSmall = statSync(file).size <= UNFINISHED_BYTES;
    if (!isFtError(error, 'FT_STORE_CORRUPT') || !isSmall) throw error;
    renameSync(file, `${file}.unfinished`);
    rmSync(join(path, 'lock.mdb'), { force: true });
  }
}

/**
 * Notes that a store was made, and puts its folder on disk with it. Before that
 * nothing is acknowledged. Works again.
 */
export function mark(path: string): void {
  if (existsSync(markerFile(path))) return;
  writeDurably(markerFile(path), CONTENT);
  syncFolder(dirname(path));
}

/** Writes a file of mode 0600 so that it is there as a whole or not at all, also after a power cut. */
export function writeDurably(file: string, content: string): void {
  const partial = `${file}.partial`;
  const descriptor = openSync(partial, 'w', 0o600);
  try {
    writeSync(descriptor, content);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(partial, file);
  syncFolder(dirname(file));
}

/** Puts what was created, renamed or removed in a folder on disk. */
export function syncFolder(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
