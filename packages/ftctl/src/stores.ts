import { HomeStores } from '@ftctl/host/stores';
import { type FtError, isFtError } from '@ftctl/sdk';
import type { Context } from './context.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { bytes as sizeOf } from './output/bytes.ts';
import { Progress } from './output/progress.ts';

/** What a command has made of one plugin's store. */
export type StoreResult<R> =
  | { readonly plugin: string; readonly result: R }
  | { readonly plugin: string; readonly error: FtError };

/** Tells what is done at present. */
type OnStep = (step: string, bytes?: number) => void;

/**
 * Does something with the store of one plugin, or of each that has one. Trouble
 * with one of several does not keep it from the others; with one that was named
 * it is thrown.
 */
export async function forStores<R>(
  { io, paths }: Context,
  plugin: string | undefined,
  work: (stores: HomeStores, plugin: string, onStep: OnStep) => Promise<R>,
): Promise<StoreResult<R>[]> {
  const stores = new HomeStores(paths);
  const progress = new Progress(io);
  const results: StoreResult<R>[] = [];
  const one = (id: string) => {
    const onStep: OnStep = (step, done) => {
      // A line of its own for each step is too much where lines stay.
      if (done && !io.stderr.isTTY) return;
      progress.step(`${id}: ${step}${done ? `, ${sizeOf(done)}` : ''}`);
    };
    return work(stores, id, onStep);
  };
  try {
    if (plugin !== undefined) return [{ plugin, result: await one(plugin) }];
    for (const id of stores.list()) {
      try {
        results.push({ plugin: id, result: await one(id) });
      } catch (error) {
        if (!isFtError(error)) throw error;
        results.push({ plugin: id, error });
      }
    }
    return results;
  } finally {
    progress.done();
  }
}

/** The exit code of a command over several stores: that of the first trouble. */
export function exitOf(results: readonly StoreResult<unknown>[]): number {
  const failed = results.find((one) => 'error' in one);
  return failed !== undefined && 'error' in failed ? exitCodeOf(failed.error) : EXIT.ok;
}

/** For --json: one object a plugin. */
export function toJson<R extends object>(results: readonly StoreResult<R>[]): unknown {
  return results.map((one) =>
    'error' in one
      ? { plugin: one.plugin, error: one.error }
      : { plugin: one.plugin, ...one.result },
  );
}

/** Trouble with single stores, a line each. */
export function errorLines(results: readonly StoreResult<unknown>[]): string[] {
  return results.flatMap((one) =>
    'error' in one
      ? [`${one.plugin}: ${one.error.code}: ${one.error.message}. ${one.error.action}`]
      : [],
  );
}

export const NO_STORES = 'No plugin has stored anything in this home.';
