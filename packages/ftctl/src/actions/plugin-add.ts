import { readConfig } from '@ftctl/host';
import { addPlugin, type InstallStep } from '@ftctl/host/install';
import type { Call, Context } from '../context.ts';
import { Progress } from '../output/progress.ts';
import { runnerPath } from '../own-files.ts';
import { confirmer, type InstallOptions, takeOver } from '../plugin-start.ts';

interface AddCommandOptions extends InstallOptions {
  readonly registry?: string;
}

const STEPS: Readonly<Record<InstallStep, string>> = {
  fetch: 'fetching',
  unpack: 'unpacking',
  check: 'checking',
  dependencies: 'installing what it depends on:',
  probe: 'trying',
  move: 'moving into place:',
  record: 'recording in',
};

/** `ftctl plugin add SOURCE`. */
export async function run(
  context: Context,
  { args, options }: Call<AddCommandOptions>,
): Promise<number> {
  const { io, paths } = context;
  const progress = new Progress(io);
  // Found out now that there is no host here, or that its file is broken, and not after the download.
  await readConfig(paths);
  try {
    const added = await addPlugin({
      home: paths.home,
      source: args[0] ?? '',
      cwd: io.cwd,
      runner: runnerPath(),
      ...(options.registry !== undefined && { registry: options.registry }),
      onProgress: (step, detail) => progress.step(`${STEPS[step]} ${detail}`),
      confirm: confirmer(context, progress, options),
    });
    return await takeOver(context, added, progress, options);
  } finally {
    progress.done();
  }
}
