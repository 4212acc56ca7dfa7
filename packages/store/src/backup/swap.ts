import { existsSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncFolder } from '../marker.ts';

/** Folders beside a store's own. No plugin has such an id. */
export interface SwapPlaces {
  /** Where the next store is made. May be left by a crash, of no use then. */
  readonly staging: string;
  /** The next store, complete. */
  readonly incoming: string;
  /** What was there before a restore. Kept until the next one. */
  readonly replaced: string;
  /** What was there before it was compacted. Of no use once that is done. */
  readonly wide: string;
}

export function swapPlaces(path: string): SwapPlaces {
  return {
    staging: `${path}.staging`,
    incoming: `${path}.incoming`,
    replaced: `${path}.replaced`,
    wide: `${path}.wide`,
  };
}

/**
 * Takes away what an earlier try has left. What is complete is only taken away
 * while the store itself is in its place.
 */
export function clearStaging(path: string): string {
  const { staging, incoming, wide } = swapPlaces(path);
  const left = existsSync(path) ? [staging, incoming, wide] : [staging];
  for (const folder of left) rmSync(folder, { recursive: true, force: true });
  return staging;
}

/**
 * Puts the store that was made in the staging folder in place of the present
 * one, which is kept aside. A crash between the two steps leaves no store, but a
 * complete incoming one: `finishSwap` at the next opening goes on from there.
 *
 * @returns where the one before is kept; undefined when there was none
 */
export function swap(path: string, aside: 'replaced' | 'wide'): string | undefined {
  const { staging, incoming, [aside]: before } = swapPlaces(path);
  renameSync(staging, incoming);
  syncFolder(dirname(path));
  const isThere = existsSync(path);
  if (isThere) {
    rmSync(before, { recursive: true, force: true });
    renameSync(path, before);
  }
  try {
    renameSync(incoming, path);
  } catch (error) {
    if (isThere) renameSync(before, path);
    throw error;
  }
  syncFolder(dirname(path));
  return isThere ? before : undefined;
}

/** Ends a swap that a crash has cut in the middle. */
export function finishSwap(path: string): void {
  const { incoming } = swapPlaces(path);
  if (existsSync(path) || !existsSync(incoming)) return;
  renameSync(incoming, path);
  syncFolder(dirname(path));
}
