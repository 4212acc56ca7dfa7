import { statSync } from 'node:fs';
import { type StoreDamage, storeErrors } from '@ftctl/sdk';
import type { Env, EnvStatistics, Snapshot } from './env.ts';
import { dataFile, openLmdb } from './env-lmdb.ts';
import { checkMeta, type StoreMeta } from './ownership.ts';
import { atOnce } from './pages/paced.ts';
import { liveOwner, Survey } from './pages/survey.ts';
import { systemProcesses } from './process-identity.ts';
import { View } from './view.ts';

/**
 * Another process's environment, open for reading. Each read takes a snapshot
 * and gives it back at once, so that it never keeps the writer from using pages
 * again.
 */
export class ReadOnlyEnv {
  readonly path: string;
  #env: Env;
  #file: string;
  #closed = false;
  #suspect: StoreDamage | undefined;

  /** @throws FtError FT_STORE_FAILED, FT_STORE_CORRUPT, FT_STORE_NEWER */
  constructor(path: string) {
    this.path = path;
    // A writer has looked at it. Without one, what a dying disk left may end this process.
    if (liveOwner(path, systemProcesses()) === undefined) this.#look();
    this.#env = openLmdb(path, { readOnly: true });
    this.#file = fileIdentity(path);
    try {
      this.meta();
    } catch (error) {
      void this.#env.close();
      throw error;
    }
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** @throws FtError FT_STORE_CLOSED */
  read<R>(use: (view: View) => R): R {
    if (this.#closed) throw storeErrors.CLOSED();
    const snapshot = this.#env.snapshot();
    try {
      return use(new View(snapshot, this.#suspect));
    } finally {
      snapshot.release();
    }
  }

  /** For long work; of no use any more once this is closed. */
  snapshot(): Snapshot {
    if (this.#closed) throw storeErrors.CLOSED();
    return this.#env.snapshot();
  }

  statistics(): EnvStatistics {
    if (this.#closed) throw storeErrors.CLOSED();
    return this.#env.statistics();
  }

  meta(): StoreMeta {
    if (this.#closed) throw storeErrors.CLOSED();
    const snapshot = this.#env.snapshot();
    try {
      const meta = checkMeta(snapshot, this.path);
      if (meta !== undefined) return meta;
    } finally {
      snapshot.release();
    }
    throw storeErrors.FAILED({ path: this.path, operation: 'read', why: 'it is still being made' });
  }

  /** Opens it again when the store was replaced, as a restore does. True when it was. */
  async follow(): Promise<boolean> {
    if (this.#closed || fileIdentity(this.path) === this.#file) return false;
    this.#suspect = undefined;
    const next = openLmdb(this.path, { readOnly: true });
    const old = this.#env;
    this.#env = next;
    this.#file = fileIdentity(this.path);
    await old.close();
    return true;
  }

  #look(): void {
    const survey = new Survey(this.path);
    atOnce(survey.run());
    this.#suspect = survey.suspect;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    void this.#env.close();
  }
}

/** Changes when the file is replaced by another one; empty while there is none. */
function fileIdentity(path: string): string {
  const found = statSync(dataFile(path), { throwIfNoEntry: false });
  return found === undefined ? '' : `${found.dev}:${found.ino}`;
}
