import { callHost } from '@ftctl/host';
import type { Context } from '../context.ts';
import { type Changes, showChanges } from '../output/changes.ts';

/** `ftctl reload`. */
export async function run({ out, paths }: Context): Promise<undefined> {
  const changes = await callHost<Changes>(paths, 'reload');
  await out.result(changes, () => showChanges(changes));
}
