import { chmodSync, constants, copyFileSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { storeErrors } from '@ftctl/sdk';
import { dataFile, openFailure, openLmdb } from '../env-lmdb.ts';
import { OWNER_KEY } from '../keys.ts';
import { mark } from '../marker.ts';
import { metaOperation, newMeta, type StoreMeta } from '../ownership.ts';
import { type ProcessTable, systemProcesses } from '../process-identity.ts';
import { checkStore } from './check-file.ts';
import { type OnStep, syncFile } from './copy.ts';
import { holdIfSound } from './hold.ts';
import { type BackupManifest, readBackupManifest, sha256Of } from './manifest.ts';
import { clearStaging, finishSwap, swap } from './swap.ts';

export interface RestoreOptions {
  /** Of the plugin's store, which may be damaged or missing. */
  readonly path: string;
  readonly plugin: string;
  /** The backup. It is left as it is. */
  readonly folder: string;
  readonly onStep?: OnStep;
  readonly processes?: ProcessTable;
}

export interface Restored {
  readonly manifest: BackupManifest;
  readonly incarnation: string;
  /** Where the store that was there before is kept; undefined when there was none. */
  readonly replaced: string | undefined;
}

/**
 * Puts a backup in place of a plugin's store: compares all of it with its
 * manifest, makes a store of it beside the present one, with an incarnation of
 * its own, and swaps them in the end. Until then nothing is touched.
 *
 * @throws FtError FT_STORE_IN_USE, FT_STORE_BACKUP, FT_STORE_NEWER,
 *   FT_STORE_DISK_FULL, FT_STORE_FAILED
 */
export async function restoreStore(options: RestoreOptions): Promise<Restored> {
  const { path, plugin, folder, onStep = () => undefined } = options;
  const processes = options.processes ?? systemProcesses();
  const manifest = await verifyBackup(folder, plugin, onStep);
  try {
    finishSwap(path);
    const held = holdIfSound(path, processes);
    try {
      onStep('making the store');
      const staging = clearStaging(path);
      const meta = await makeStore(staging, manifest, folder);
      return { manifest, incarnation: meta.incarnation, replaced: swap(path, 'replaced') };
    } finally {
      await held?.release();
    }
  } catch (error) {
    clearStaging(path);
    throw openFailure(path, error);
  }
}

/** @throws FtError FT_STORE_BACKUP, FT_STORE_NEWER */
export async function verifyBackup(
  folder: string,
  plugin: string,
  onStep: OnStep,
): Promise<BackupManifest> {
  const manifest = readBackupManifest(folder);
  const unusable = (why: string) => storeErrors.BACKUP({ folder, why });
  if (manifest.plugin !== plugin) throw unusable(`it is one of plugin ${manifest.plugin}`);
  const size = statSync(dataFile(folder), { throwIfNoEntry: false })?.size;
  if (size === undefined) throw unusable('its data.mdb is missing');
  if (size !== manifest.bytes) {
    throw unusable(`its data.mdb has ${size} bytes, not ${manifest.bytes}`);
  }
  onStep('comparing the backup with its manifest', 0);
  if ((await sha256Of(dataFile(folder))) !== manifest.sha256) {
    throw unusable('its data.mdb was changed: the sum in its manifest does not fit');
  }
  const check = await checkStore({
    path: folder,
    isCopy: true,
    onProgress: (bytes) => onStep('checking the backup', bytes),
  });
  const [first] = check.damage;
  if (first !== undefined) throw unusable(`${first.what} is damaged: ${first.why}`);
  return manifest;
}

async function makeStore(
  staging: string,
  { incarnation, takenAt }: BackupManifest,
  folder: string,
): Promise<StoreMeta> {
  mkdirSync(staging, { recursive: true, mode: 0o700 });
  copyFileSync(dataFile(folder), dataFile(staging), constants.COPYFILE_FICLONE);
  chmodSync(dataFile(staging), 0o600);
  const meta = newMeta({
    kind: 'restored',
    at: Date.now(),
    from: { incarnation, takenAt: Date.parse(takenAt) },
  });
  const env = openLmdb(staging, { readOnly: false });
  try {
    await env.write([metaOperation(meta), { key: OWNER_KEY }]);
  } finally {
    await env.close();
  }
  rmSync(join(staging, 'lock.mdb'), { force: true });
  syncFile(dataFile(staging));
  mark(staging);
  return meta;
}
