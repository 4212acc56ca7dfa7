import type { Changes } from '@ftctl/host';
import { callHost } from '@ftctl/host/control';
import type { Context } from '../context.ts';
import { showChanges } from '../output/changes.ts';

/** `ftctl reload`. */
export async function run({ out, paths }: Context): Promise<undefined> {
  const changes = await callHost<Changes>(paths, 'reload');
  await out.result(changes, () => showChanges(changes));
}
