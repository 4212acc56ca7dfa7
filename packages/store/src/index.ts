export { type BackupOptions, backupStore } from './backup/backup-store.ts';
export { type CheckOptions, checkStore, type FileCheck } from './backup/check-file.ts';
export { type Compacted, type CompactOptions, compactStore } from './backup/compact-store.ts';
export type { OnStep } from './backup/copy.ts';
export type { BackupManifest } from './backup/manifest.ts';
export { type Restored, type RestoreOptions, restoreStore } from './backup/restore-store.ts';
export { type OpenStore, openStore, type StoreOptions } from './open-store.ts';
export { openStoreReader, type StoreReader } from './store-reader.ts';
