import { resolve } from 'node:path';
import type { Lab } from '@ftctl/lab';
import type { Io } from './io.ts';

/** Folder of the lab when neither `--dir` nor FTCTL_LAB names one. */
const DEFAULT_DIR = 'ftctl-lab';

export interface DirOption {
  readonly dir?: string;
}

/** `--dir`, else FTCTL_LAB, else `./ftctl-lab`. */
export function labDir(io: Io, { dir }: DirOption): string {
  return resolve(io.cwd, dir ?? io.env.FTCTL_LAB ?? DEFAULT_DIR);
}

/** The lab that the options name. @throws FtError FT_LAB_NO_LAB */
export async function labOf(io: Io, options: DirOption): Promise<Lab> {
  const { openLab } = await import('@ftctl/lab');
  return openLab(labDir(io, options));
}
