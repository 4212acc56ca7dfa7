import { parentPort, workerData } from 'node:worker_threads';
import { describeError, isFtError } from '@ftctl/sdk';
import { SqliteFile } from './sqlite-file.ts';
import type { ThreadAnswer, ThreadCall } from './thread.ts';

/** The thread in which a file of SQLite is used: one call after another. */

const file = new SqliteFile((workerData as { readonly path: string }).path);
let last: Promise<void> = Promise.resolve();

parentPort?.on('message', (call: ThreadCall) => {
  last = last.then(() => carryOut(call)).then((answer) => parentPort?.postMessage(answer));
});

async function carryOut({ id, method, args }: ThreadCall): Promise<ThreadAnswer> {
  try {
    const act = file[method] as (...given: readonly unknown[]) => Promise<unknown>;
    return { id, result: await act.apply(file, [...args]) };
  } catch (error) {
    if (isFtError(error)) return { id, error: { shape: error.toJSON() } };
    return { id, error: { message: describeError(error) } };
  }
}
