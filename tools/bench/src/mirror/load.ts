import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { round } from '../statistics.ts';
import type { MirrorLab } from './mirror-lab.ts';
import type { PostgresPeer } from './postgres.ts';
import { SHAPE } from './shape.ts';

/** Seconds from the file of a copy into the database, copy by copy. */
export async function measureLoads(
  lab: MirrorLab,
  progress: (line: string) => void,
  between?: () => Promise<void>,
): Promise<readonly number[]> {
  const seconds: number[] = [];
  let { copies } = await lab.follows(1);
  while (seconds.length < SHAPE.loadRounds) {
    await lab.resync();
    copies += 1;
    const { took } = await lab.follows(copies);
    seconds.push((took?.loadMs ?? 0) / 1_000);
    progress(`a copy loaded in ${round(seconds.at(-1) ?? 0)} s`);
    await between?.();
  }
  return seconds;
}

export interface LoadsByCopy {
  readonly loadS: readonly number[];
  readonly copyS: readonly number[];
}

/** Both sides take turns, so that a slow moment of the machine meets both. */
export async function measureLoadsByCopy(
  lab: MirrorLab,
  peer: PostgresPeer,
  progress: (line: string) => void,
): Promise<LoadsByCopy> {
  const folder = await mkdtemp(join(tmpdir(), 'ftctl-bench-'));
  const copyS: number[] = [];
  try {
    await lab.follows(1);
    const files = await peer.dump(folder);
    const loadS = await measureLoads(lab, progress, async () => {
      copyS.push(await peer.copySeconds(files));
      progress(`the same rows by COPY in ${round(copyS.at(-1) ?? 0)} s`);
    });
    return { loadS, copyS };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
