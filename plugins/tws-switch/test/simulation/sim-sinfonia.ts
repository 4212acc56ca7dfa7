import type { SimProcess, World } from '@ftctl/sim';
import type { SinfoniaFiles } from '../../src/io/sinfonia-files.ts';

/** Bytes of a simulated disk that are free for copies. */
const FREE_BYTES = 1024 ** 3;

/** The folders for copies of the plan, one a host; a life of a plugin that has ended writes no more. */
export class SimSinfonia {
  readonly #world: World;
  readonly #folders = new Map<string, Map<number, string>>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Files of a host by syncid. */
  folder(host: string): Map<number, string> {
    const known = this.#folders.get(host) ?? new Map<number, string>();
    this.#folders.set(host, known);
    return known;
  }

  filesOf(process: SimProcess): SinfoniaFiles {
    const folder = this.folder(process.host);
    const { disk } = this.#world.host(process.host);
    const whileAlive = (change: () => void) => {
      if (!process.alive) return process.never<void>();
      if (disk.full) return Promise.reject(new Error('no space left'));
      change();
      return process.promise<void>((resolve) => process.schedule(0.1, 'delivery', resolve));
    };
    return {
      pathOf: (syncid) => `Sinfonia.${syncid}`,
      create: async (syncid) => {
        await whileAlive(() => void folder.set(syncid, ''));
        return {
          write: (text) => whileAlive(() => void folder.set(syncid, folder.get(syncid) + text)),
          flush: () => whileAlive(() => undefined),
          close: async () => undefined,
        };
      },
      removeAll: async () => {
        if (process.alive) folder.clear();
      },
      freeBytes: async () => (disk.full ? 0 : FREE_BYTES),
    };
  }
}
