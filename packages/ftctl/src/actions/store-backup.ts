import { join, resolve } from 'node:path';
import { readConfig } from '@ftctl/host';
import type { Call, Context } from '../context.ts';
import { bytes } from '../output/bytes.ts';
import { errorLines, exitOf, forStores, NO_STORES, toJson } from '../stores.ts';
import { version } from '../version.ts';

/** `ftctl store backup [PLUGIN] [--to FOLDER]`. */
export async function run(
  context: Context,
  { args, options }: Call<{ readonly to?: string }>,
): Promise<number> {
  const { io, out, paths } = context;
  const to = options.to === undefined ? join(paths.home, 'backup') : resolve(io.cwd, options.to);
  const { host } = await readConfig(paths);
  const results = await forStores(context, args[0], async (stores, plugin, onStep) => {
    onStep('copying');
    const folder = join(to, `${plugin}-${stamp(new Date())}`);
    return { folder, ...(await stores.backup(plugin, { host, folder, version, onStep })) };
  });
  await out.result(toJson(results), () => {
    if (results.length === 0) return NO_STORES;
    const lines = results.flatMap((one) =>
      'result' in one
        ? [`${one.plugin}: ${bytes(one.result.bytes)} in ${one.result.folder}, read back and whole`]
        : [],
    );
    return [...lines, ...errorLines(results)].join('\n');
  });
  return exitOf(results);
}

/** `20260301T020000Z`: sorts by time, and is a name on every file system. */
function stamp(moment: Date): string {
  return moment.toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '');
}
