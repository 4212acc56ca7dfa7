import {
  type HomePaths,
  isRunning,
  readRunRecord,
  removePluginEntry,
  signalProcess,
  waitUntilGone,
} from '@ftctl/host';
import { removePlugin } from '@ftctl/host/install';
import { DEFAULT_LIMITS } from '@ftctl/sdk';
import type { Call, Context } from '../context.ts';
import { reloadIfRunning } from '../host-reload.ts';

/** How long a process may take to go once it was killed. */
const KILLED_WITHIN_MS = 2_000;

/** `ftctl plugin remove ID`. */
export async function run({ out, paths }: Context, { args }: Call<unknown>): Promise<undefined> {
  const id = args[0] ?? '';
  const removed = await removePlugin({
    home: paths.home,
    id,
    beforeDelete: async () => {
      await removePluginEntry(paths, id);
      await reloadIfRunning(paths);
      await endLeftover(paths, id);
    },
  });
  await out.result(
    { id, version: removed.version, data: paths.store(id) },
    () =>
      `Plugin ${id} ${removed.version} is removed. What it stored is kept in ${paths.store(id)}.`,
  );
}

/** A process that runs on although its host was killed. */
async function endLeftover(paths: HomePaths, id: string): Promise<void> {
  const record = await readRunRecord(paths, id);
  if (!record || !(await isRunning(record))) return;
  await signalProcess(record, 'SIGTERM');
  if (await waitUntilGone(record, DEFAULT_LIMITS.drainMs)) return;
  await signalProcess(record, 'SIGKILL');
  await waitUntilGone(record, KILLED_WITHIN_MS);
}
