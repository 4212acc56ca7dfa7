import { closeSync, existsSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { storeErrors } from '@ftctl/sdk';
import { dataFile, hasData } from './env-lmdb.ts';

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

/** Notes that a store was made. Works again. */
export function mark(path: string): void {
  if (existsSync(markerFile(path))) return;
  writeDurably(markerFile(path), CONTENT);
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
