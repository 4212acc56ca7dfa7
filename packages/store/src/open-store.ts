import {
  DEFAULT_STORE_LIMITS,
  type Store,
  type StoreDamage,
  type StoreLimits,
  storeErrors,
} from '@ftctl/sdk';
import { finishSwap } from './backup/swap.ts';
import type { Env } from './env.ts';
import { hasData, openFailure, openLmdb } from './env-lmdb.ts';
import { READER_CHECK_INTERVAL_MS } from './limits.ts';
import { mark, setAsideUnfinished } from './marker.ts';
import { checkOwnership, takeOwnership } from './ownership.ts';
import { paced } from './pages/paced.ts';
import { liveOwner, Survey } from './pages/survey.ts';
import { type ProcessTable, systemProcesses } from './process-identity.ts';
import { StoreWriter } from './store-writer.ts';

export interface StoreOptions {
  /** Folder of this plugin's environment; those of the other plugins lie beside it. */
  readonly path: string;
  /** Id of the plugin that writes it. */
  readonly plugin: string;
  /** Short folder of mode 0700 for the unix sockets through which topics are told of. */
  readonly sockets: string;
  readonly limits?: Partial<StoreLimits>;
  /** Told of trouble that no call can report: a doorbell that cannot listen. */
  readonly onTrouble?: (error: unknown) => void;
}

/** For tests: another engine, other processes. */
export interface StoreParts {
  readonly openEnv: (path: string) => Env;
  /** What is there already, for reading; undefined when there is none. */
  readonly openExisting: (path: string) => Env | undefined;
  readonly processes: ProcessTable;
  /** Looks at what is there before the engine does. Answers an entry that is damaged. */
  readonly lookAt?: (path: string, processes: ProcessTable) => Promise<StoreDamage | undefined>;
  /** Notes that a store was made. */
  readonly mark?: (path: string) => void;
  /** How often readers that died are cleared. */
  readonly readerCheckIntervalMs?: number;
}

/** The engine that stores are made of. */
export const LMDB: Pick<StoreParts, 'openEnv' | 'openExisting' | 'lookAt' | 'mark'> = {
  lookAt: lookAtFile,
  mark,
  openEnv: (path) => openLmdb(path, { readOnly: false }),
  openExisting: (path) => (hasData(path) ? openLmdb(path, { readOnly: true }) : undefined),
};

/** A store that is open for writing. */
export interface OpenStore extends Store {
  /**
   * Ends it: refuses further calls, waits until all commits asked for before are
   * settled, and lets the next process have the store. Works twice.
   */
  close(): Promise<void>;
}

/**
 * Opens a plugin's store as its one writer, creating it when it is not there.
 *
 * @throws FtError FT_STORE_IN_USE, FT_STORE_NEWER, FT_STORE_CORRUPT,
 *   FT_STORE_DISK_FULL, FT_STORE_FAILED
 */
export function openStore(options: StoreOptions): Promise<OpenStore> {
  return openStoreWith(options, { ...LMDB, processes: systemProcesses() });
}

export async function openStoreWith(
  options: StoreOptions,
  parts: StoreParts,
): Promise<StoreWriter> {
  let env: Env | undefined;
  try {
    const suspect = await parts.lookAt?.(options.path, parts.processes);
    const existing = parts.openExisting(options.path);
    if (existing !== undefined) await checkOwnership(existing, options.path, parts.processes);
    env = parts.openEnv(options.path);
    const meta = takeOwnership(env, options.path, parts.processes);
    parts.mark?.(options.path);
    env.readerCheck();
    const limits = { ...DEFAULT_STORE_LIMITS, ...options.limits };
    const { readerCheckIntervalMs = READER_CHECK_INTERVAL_MS } = parts;
    return new StoreWriter({ ...options, env, limits, meta, suspect, readerCheckIntervalMs });
  } catch (error) {
    await env?.close();
    throw openFailure(options.path, error);
  }
}

/**
 * Everything that can be told of a file without LMDB: who writes it, and whether
 * its pages are whole. Cheap beside a start of a process; measured in decision 8.
 */
async function lookAtFile(path: string, processes: ProcessTable): Promise<StoreDamage | undefined> {
  finishSwap(path);
  setAsideUnfinished(path);
  const owner = liveOwner(path, processes);
  if (owner !== undefined) throw storeErrors.IN_USE({ path, pid: owner.pid });
  const survey = new Survey(path);
  await paced(survey.run());
  return survey.suspect;
}
