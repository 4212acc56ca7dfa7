import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type StoreOrigin, storeErrors } from '@ftctl/sdk';
import { STORE_FORMAT } from '../limits.ts';

/** Form of a backup's folder. One of a higher number is not restored. */
export const BACKUP_FORMAT = 1;

/** `backup.json`: what a backup is of, and how to tell that it is whole. */
export interface BackupManifest {
  readonly backupFormat: number;
  readonly storeFormat: number;
  readonly plugin: string;
  readonly host: string;
  readonly incarnation: string;
  readonly origin: StoreOrigin;
  /** ISO 8601. */
  readonly takenAt: string;
  /** Version of ftctl that took it. */
  readonly version: string;
  /** Of `data.mdb`. */
  readonly bytes: number;
  readonly sha256: string;
  readonly records: number;
  readonly values: number;
}

export function manifestFile(folder: string): string {
  return join(folder, 'backup.json');
}

/** @throws FtError FT_STORE_BACKUP, FT_STORE_NEWER */
export function readBackupManifest(folder: string): BackupManifest {
  const unusable = (why: string, cause?: unknown) => storeErrors.BACKUP({ folder, why }, cause);
  let found: unknown;
  try {
    found = JSON.parse(readFileSync(manifestFile(folder), 'utf8'));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw unusable(`its backup.json cannot be read: ${why}`, cause);
  }
  if (!isManifest(found)) throw unusable('its backup.json is not one that ftctl has written');
  if (found.backupFormat > BACKUP_FORMAT) {
    throw storeErrors.NEWER({ path: folder, found: found.backupFormat, known: BACKUP_FORMAT });
  }
  if (found.storeFormat > STORE_FORMAT) {
    throw storeErrors.NEWER({ path: folder, found: found.storeFormat, known: STORE_FORMAT });
  }
  return found;
}

export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file)) hash.update(piece as Buffer);
  return hash.digest('hex');
}

const NUMBERS = ['backupFormat', 'storeFormat', 'bytes', 'records', 'values'] as const;
const TEXTS = ['plugin', 'host', 'incarnation', 'takenAt', 'version', 'sha256'] as const;

function isManifest(value: unknown): value is BackupManifest {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Readonly<Record<string, unknown>>;
  return (
    NUMBERS.every((name) => typeof fields[name] === 'number') &&
    TEXTS.every((name) => typeof fields[name] === 'string') &&
    !Number.isNaN(Date.parse(String(fields.takenAt)))
  );
}
