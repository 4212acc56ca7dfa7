import { readConfig } from '@ftctl/host';
import { linkPlugin, pluginInfo } from '@ftctl/host/install';
import type { Call, Context } from '../context.ts';
import { Progress } from '../output/progress.ts';
import { runnerPath } from '../own-files.ts';
import { confirmer, type InstallOptions, takeOver } from '../plugin-start.ts';

/** `ftctl plugin link FOLDER`. */
export async function run(
  context: Context,
  { args, options }: Call<InstallOptions>,
): Promise<number> {
  const { io, paths } = context;
  const progress = new Progress(io);
  await readConfig(paths);
  try {
    const linked = await linkPlugin({
      home: paths.home,
      folder: args[0] ?? '',
      cwd: io.cwd,
      runner: runnerPath(),
      confirm: confirmer(context, progress, options),
    });
    const { id, version, path, manifest } = linked;
    const known = manifest ?? (await pluginInfo(paths.home, id)).manifest;
    if (!known) throw new Error(`plugin ${id} has no manifest after it was linked`);
    return await takeOver(
      context,
      { id, version, folder: path, manifest: known },
      progress,
      options,
    );
  } finally {
    progress.done();
  }
}
