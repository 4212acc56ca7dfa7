import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpenOptions, StoreHarness, StoreUnderTest } from '@ftctl/sdk/contract';
import { dataFile } from '../src/env-lmdb.ts';
import { backupStore, restoreStore } from '../src/index.ts';
import { LMDB, openStoreWith } from '../src/open-store.ts';
import type { ProcessTable } from '../src/process-identity.ts';
import type { StoreWriter } from '../src/store-writer.ts';
import { diskFull, FaultyEnv } from './faulty-env.ts';

/** A temp folder for one test, with the places that stores need. */
export interface Home {
  readonly folder: string;
  readonly sockets: string;
  store(plugin: string): string;
  remove(): void;
}

export function makeHome(): Home {
  const folder = mkdtempSync(join(tmpdir(), 'ftctl-store-'));
  return {
    folder,
    sockets: join(folder, 's'),
    store: (plugin) => join(folder, 'store', plugin),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Processes of which the test says who lives. */
export class FakeProcesses {
  readonly #alive = new Set<number>();
  #lastPid = 1_000_000;

  /** A process that has just been started. */
  start(): ProcessTable {
    this.#lastPid += 1;
    const self = { pid: this.#lastPid, startTime: 'then' };
    this.#alive.add(self.pid);
    return { self, isAlive: ({ pid }) => this.#alive.has(pid) };
  }

  kill(table: ProcessTable): void {
    this.#alive.delete(table.self.pid);
  }
}

/** The contract's harness over LMDB: each `open` is a process of its own, as far as the store can tell. */
export class LmdbHarness implements StoreHarness {
  readonly home = makeHome();
  /** The disk of each plugin's store, as it was opened last. */
  readonly envs = new Map<string, FaultyEnv>();
  readonly #processes = new FakeProcesses();
  readonly #open = new Set<StoreWriter>();

  async open({ plugin = 'subject', limits = {} }: OpenOptions = {}): Promise<StoreUnderTest> {
    const process = this.#processes.start();
    let env: FaultyEnv | undefined;
    const openEnv = (path: string) => {
      env = new FaultyEnv(LMDB.openEnv(path));
      return env;
    };
    const { home } = this;
    const options = { path: home.store(plugin), plugin, sockets: home.sockets, limits };
    const store = await openStoreWith(options, { ...LMDB, openEnv, processes: process });
    if (env === undefined) throw new Error('no environment was opened');
    this.#open.add(store);
    this.envs.set(plugin, env);
    return underTest(store, env, () => {
      this.#open.delete(store);
      this.#processes.kill(process);
    });
  }

  async damage(plugin: string, bytes: Uint8Array): Promise<void> {
    const file = dataFile(this.home.store(plugin));
    const content = readFileSync(file);
    let found = 0;
    for (let at = content.indexOf(bytes); at !== -1; at = content.indexOf(bytes, at + 1)) {
      content[at] = (content[at] ?? 0) ^ 1;
      found += 1;
    }
    if (found === 0) throw new Error('these bytes are not on disk');
    writeFileSync(file, content);
  }

  async restore(plugin: string): Promise<void> {
    const path = this.home.store(plugin);
    const folder = `${this.home.folder}/backup`;
    await backupStore({ path, plugin, host: 'a', folder, version: '0.0.0' });
    await restoreStore({ path, plugin, folder });
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.#open].map((store) => store.abandon()));
    this.home.remove();
  }
}

function underTest(store: StoreWriter, env: FaultyEnv, ended: () => void): StoreUnderTest {
  return {
    store,
    async close() {
      await store.close();
      ended();
    },
    async crash() {
      env.die();
      await store.abandon();
      ended();
    },
    holdFlushes: () => env.hold(),
    releaseFlushes: () => env.letGo(),
    fillDisk() {
      env.failure = diskFull();
    },
    freeDisk() {
      env.failure = undefined;
    },
  };
}
