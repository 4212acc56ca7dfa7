import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { round } from '../statistics.ts';
import type { MirrorLab } from './mirror-lab.ts';
import { SHAPE } from './shape.ts';

/** Another way to bring the rows of a plan into a database, that has them ready. */
export interface LoadPeer {
  readonly name: string;
  /**
   * Takes the rows of the plan that is shown.
   *
   * @param folder for its files, which are removed after it
   * @returns what loads them once more into empty tables, and tells how many seconds it took
   */
  prepare(folder: string): Promise<() => Promise<number>>;
}

export interface LoadsBeside {
  /** Seconds from the file of a copy into the database, copy by copy. */
  readonly loadS: readonly number[];
  readonly peerS: readonly number[];
}

/** Both sides take turns, so that a slow moment of the machine meets both. */
export async function measureLoads(
  lab: MirrorLab,
  peer: LoadPeer,
  progress: (line: string) => void,
): Promise<LoadsBeside> {
  const folder = await mkdtemp(join(tmpdir(), 'ftctl-bench-'));
  const loadS: number[] = [];
  const peerS: number[] = [];
  try {
    let { copies } = await lab.follows(1);
    const again = await peer.prepare(folder);
    while (loadS.length < SHAPE.loadRounds) {
      await lab.resync();
      copies += 1;
      const { took } = await lab.follows(copies);
      const seconds = (took?.loadMs ?? 0) / 1_000;
      loadS.push(seconds);
      progress(`a copy loaded in ${round(seconds)} s`);
      peerS.push(await again());
      progress(`the same rows by ${peer.name} in ${round(peerS.at(-1) ?? 0)} s`);
    }
    return { loadS, peerS };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
