import { resolve } from 'node:path';
import { startLab } from '@ftctl/lab';
import type { Call, Context } from '../context.ts';
import { type DirOption, labDir } from '../lab-dir.ts';
import { Progress } from '../output/progress.ts';
import { binPath } from '../own-files.ts';
import { showLab } from './lab-status.ts';

/** `ftctl lab up FILE`. */
export async function run(
  { out, io }: Context,
  { args, options }: Call<DirOption>,
): Promise<undefined> {
  const progress = new Progress(io);
  try {
    const lab = await startLab({
      file: resolve(io.cwd, args[0] ?? ''),
      dir: labDir(io, options),
      ftctl: binPath(),
      onStep: (text) => progress.step(text),
    });
    progress.done();
    const status = await lab.status();
    await out.result(status, () => showLab(status, out));
  } finally {
    progress.done();
  }
}
