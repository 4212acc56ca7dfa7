import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { HomeStores } from '@ftctl/host/stores';
import { confirmOnTerminal } from '../ask.ts';
import type { Call, Context } from '../context.ts';
import { cliErrors } from '../errors.ts';
import { Progress } from '../output/progress.ts';

interface RestoreOptions {
  readonly yes?: boolean;
  readonly discard?: boolean;
}

/** `ftctl store restore PLUGIN FOLDER`. */
export async function run(
  { io, out, paths }: Context,
  { args, options }: Call<RestoreOptions>,
): Promise<undefined> {
  const [plugin = '', given = ''] = args;
  const folder = resolve(io.cwd, given);
  const question = `Replace what ${plugin} has stored by the backup in ${folder}?`;
  if (!options.yes && !(await confirmOnTerminal(io, question))) {
    throw cliErrors.DECLINED({ what: 'the restore' });
  }
  const progress = new Progress(io);
  const restored = await new HomeStores(paths)
    .restore(plugin, folder, (step) => progress.step(`${plugin}: ${step}`))
    .finally(() => progress.done());
  const { manifest, incarnation } = restored;
  if (options.discard && restored.replaced) await rm(restored.replaced, { recursive: true });
  const kept = options.discard ? undefined : restored.replaced;
  await out.result({ plugin, folder, incarnation, kept, manifest }, () =>
    [
      `The store of ${plugin} is that of ${manifest.takenAt}, with the new incarnation ${incarnation}.`,
      kept === undefined ? '' : `What was there before is kept in ${kept} until the next restore.`,
      `\`ftctl plugin enable ${plugin}\`, or \`ftctl up\`, starts it.`,
    ]
      .filter((line) => line !== '')
      .join('\n'),
  );
}
