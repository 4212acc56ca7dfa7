import { mkdir, open, readdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';

/** The folder that copies of the plan are written to. */
export interface SinfoniaFiles {
  pathOf(syncid: number): string;
  create(syncid: number): Promise<SinfoniaFile>;
  removeAll(): Promise<void>;
  /** Bytes that the disk has left. */
  freeBytes(): Promise<number>;
}

export interface SinfoniaFile {
  write(text: string): Promise<void>;
  /** Resolves when all of it is on disk. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

const NAME = /^Sinfonia\.\d+$/;

/** @param home folder for the plugin's own files */
export function sinfoniaFiles(home: string): SinfoniaFiles {
  const folder = join(home, 'sinfonia');
  const pathOf = (syncid: number) => join(folder, `Sinfonia.${syncid}`);
  const make = () => mkdir(folder, { recursive: true, mode: 0o700 });
  return {
    pathOf,
    async create(syncid) {
      await make();
      const file = await open(pathOf(syncid), 'w', 0o600);
      return {
        write: async (text) => void (await file.appendFile(text)),
        flush: () => file.datasync(),
        close: () => file.close(),
      };
    },
    async removeAll() {
      await make();
      const names = (await readdir(folder)).filter((name) => NAME.test(name));
      await Promise.all(names.map((name) => rm(join(folder, name), { force: true })));
    },
    async freeBytes() {
      await make();
      const { bavail, bsize } = await statfs(folder);
      return bavail * bsize;
    },
  };
}
