import type { Changes } from '@ftctl/host';
import { callHost } from '@ftctl/host/control';
import type { Call, Context } from '../context.ts';
import { showChanges } from '../output/changes.ts';

/** `ftctl restart [PLUGIN]`. */
export async function run({ out, paths }: Context, { args }: Call<unknown>): Promise<undefined> {
  const [plugin] = args;
  const changes = await callHost<Changes>(paths, 'restart', plugin === undefined ? {} : { plugin });
  await out.result(changes, () => showChanges(changes));
}
