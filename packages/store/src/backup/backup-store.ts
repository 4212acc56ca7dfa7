import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { storeErrors } from '@ftctl/sdk';
import { dataFile, hasData, openFailure, openLmdb } from '../env-lmdb.ts';
import { STORE_FORMAT } from '../limits.ts';
import { requireData, syncFolder, writeDurably } from '../marker.ts';
import { checkStore, refuseDamage } from './check-file.ts';
import { copyEnv, type OnStep } from './copy.ts';
import { BACKUP_FORMAT, type BackupManifest, manifestFile, sha256Of } from './manifest.ts';

export interface BackupOptions {
  readonly path: string;
  readonly plugin: string;
  readonly host: string;
  /** Where the backup goes; must not be there. */
  readonly folder: string;
  /** Version of ftctl. */
  readonly version: string;
  readonly onStep?: OnStep;
}

/**
 * Backs up a store, whether its plugin runs or not: reads it, copies one state of
 * it, reads the copy back as a whole, and only then gives it its name. A crash
 * leaves no folder of that name.
 *
 * @throws FtError FT_STORE_NO_STORE, FT_STORE_BACKUP_PLACE, FT_STORE_CORRUPT,
 *   FT_STORE_DISK_FULL, FT_STORE_FAILED, FT_STORE_NEWER
 */
export async function backupStore(options: BackupOptions): Promise<BackupManifest> {
  const { path, folder, onStep = () => undefined } = options;
  requireData(path);
  if (!hasData(path)) throw storeErrors.NO_STORE({ path });
  if (existsSync(folder)) throw storeErrors.BACKUP_PLACE({ folder, why: 'it is there already' });
  const partial = `${folder}.partial`;
  try {
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(dirname(folder), { recursive: true, mode: 0o700 });
    const takenAt = new Date().toISOString();
    await copyStore(path, partial, onStep);
    const manifest = await describe(options, partial, takenAt, onStep);
    writeDurably(manifestFile(partial), `${JSON.stringify(manifest, null, 2)}\n`);
    renameSync(partial, folder);
    syncFolder(dirname(folder));
    return manifest;
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw openFailure(path, error);
  }
}

async function copyStore(path: string, partial: string, onStep: OnStep): Promise<void> {
  // LMDB takes its pages for granted, also when it copies them.
  refuseDamage(
    await checkStore({ path, onProgress: (bytes) => onStep('reading the store', bytes) }),
  );
  const env = openLmdb(path, { readOnly: true });
  try {
    await copyEnv(env, partial, onStep);
  } finally {
    await env.close();
  }
}

/** Reads the copy back. */
async function describe(
  { plugin, host, version }: BackupOptions,
  partial: string,
  takenAt: string,
  onStep: OnStep,
): Promise<BackupManifest> {
  const check = await checkStore({
    path: partial,
    isCopy: true,
    onProgress: (bytes) => onStep('reading it back', bytes),
  });
  refuseDamage(check);
  const { incarnation, origin } = check;
  if (incarnation === undefined || origin === undefined) {
    throw storeErrors.CORRUPT({ what: 'the head of the store', why: 'it is missing' });
  }
  return {
    backupFormat: BACKUP_FORMAT,
    storeFormat: STORE_FORMAT,
    plugin,
    host,
    incarnation,
    origin,
    takenAt,
    version,
    bytes: statSync(dataFile(partial)).size,
    sha256: await sha256Of(dataFile(partial)),
    records: check.records,
    values: check.values,
  };
}
