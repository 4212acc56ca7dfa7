import { existsSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { type StoreInspection, storeErrors } from '@ftctl/sdk';
import {
  type BackupManifest,
  backupStore,
  type Compacted,
  checkStore,
  compactStore,
  type FileCheck,
  type OnStep,
  openStoreReader,
  type Restored,
  restoreStore,
} from '@ftctl/store';
import { hostErrors } from '../errors.ts';
import type { HomePaths } from '../paths.ts';
import { readLiveRecord } from '../run-record.ts';

export type { BackupManifest, Compacted, FileCheck, OnStep, Restored };

/**
 * What an operator does with the stores of a home, with the daemon up or down.
 * The one place beside the runner where the host meets the store.
 */
export class HomeStores {
  readonly #paths: HomePaths;

  constructor(paths: HomePaths) {
    this.#paths = paths;
  }

  /** Ids of the plugins that have a store here, also of those that are no longer installed. */
  list(): string[] {
    const folder = dirname(this.#paths.store('any'));
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && PLUGIN_ID.test(entry.name))
      .map(({ name }) => name)
      .sort();
  }

  /** @throws FtError FT_STORE_NO_STORE, FT_STORE_CORRUPT, FT_STORE_NEWER, FT_STORE_FAILED */
  check(plugin: string, onProgress: (bytes: number) => void): Promise<FileCheck> {
    return checkStore({ path: this.#path(plugin), onProgress });
  }

  /** @throws FtError FT_STORE_NO_STORE, FT_STORE_CORRUPT, FT_STORE_NEWER, FT_STORE_FAILED */
  async inspect(plugin: string): Promise<StoreInspection> {
    const reader = openStoreReader({ path: this.#path(plugin) });
    try {
      return await reader.inspect();
    } finally {
      reader.close();
    }
  }

  /** @throws FtError as `backupStore` */
  backup(
    plugin: string,
    options: {
      readonly host: string;
      readonly folder: string;
      readonly version: string;
      readonly onStep: OnStep;
    },
  ): Promise<BackupManifest> {
    return backupStore({ path: this.#path(plugin), plugin, ...options });
  }

  /** @throws FtError FT_HOST_STORE_NEEDED, and as `restoreStore` */
  async restore(plugin: string, folder: string, onStep: OnStep): Promise<Restored> {
    await this.#refuseRunning(plugin, 'replaced');
    return restoreStore({ path: this.#paths.store(plugin), plugin, folder, onStep });
  }

  /** @throws FtError FT_HOST_STORE_NEEDED, and as `compactStore` */
  async compact(plugin: string, onStep: OnStep): Promise<Compacted> {
    await this.#refuseRunning(plugin, 'compacted');
    return compactStore({ path: this.#path(plugin), onStep });
  }

  #path(plugin: string): string {
    const path = this.#paths.store(plugin);
    if (!PLUGIN_ID.test(plugin) || !existsSync(path)) throw storeErrors.NO_STORE({ path });
    return path;
  }

  /** The store would refuse too; this says what to do. */
  async #refuseRunning(plugin: string, operation: string): Promise<void> {
    if (!PLUGIN_ID.test(plugin)) throw storeErrors.NO_STORE({ path: this.#paths.store(plugin) });
    const record = await readLiveRecord(this.#paths, plugin);
    if (record) throw hostErrors.STORE_NEEDED({ plugin, pid: record.pid, operation });
  }
}

/** As in a manifest; folders beside the stores that are no store have a dot in their names. */
const PLUGIN_ID = /^[a-z][a-z0-9-]{0,39}$/;
