import { existsSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncFolder } from '../marker.ts';

/** Folders beside a store's own. No plugin has such an id. */
export interface SwapPlaces {
  /** Where the next store is made. May be left by a crash, of no use then. */
  readonly staging: string;
  /** The next store, complete. */
  readonly incoming: string;
  /** What was there before. */
  readonly replaced: string;
}

export function swapPlaces(path: string): SwapPlaces {
  return {
    staging: `${path}.staging`,
    incoming: `${path}.incoming`,
    replaced: `${path}.replaced`,
  };
}

/** Takes away what an earlier try has left. */
export function clearStaging(path: string): string {
  const { staging, incoming } = swapPlaces(path);
  for (const folder of [staging, incoming]) rmSync(folder, { recursive: true, force: true });
  return staging;
}

/**
 * Puts the store that was made in the staging folder in place of the present
 * one, which is kept aside. A crash between the two steps leaves no store, but a
 * complete incoming one: `finishSwap` at the next opening goes on from there.
 *
 * @returns where the one before is kept; undefined when there was none
 */
export function swap(path: string): string | undefined {
  const { staging, incoming, replaced } = swapPlaces(path);
  renameSync(staging, incoming);
  syncFolder(dirname(path));
  const before = existsSync(path);
  if (before) {
    rmSync(replaced, { recursive: true, force: true });
    renameSync(path, replaced);
  }
  try {
    renameSync(incoming, path);
  } catch (error) {
    if (before) renameSync(replaced, path);
    throw error;
  }
  syncFolder(dirname(path));
  return before ? replaced : undefined;
}

/** Ends a swap that a crash has cut in the middle. */
export function finishSwap(path: string): void {
  const { incoming } = swapPlaces(path);
  if (existsSync(path) || !existsSync(incoming)) return;
  renameSync(incoming, path);
  syncFolder(dirname(path));
}
