import type { Manifest, Permissions } from '@ftctl/sdk';
import type { LockedPlugin } from '../lockfile-types.ts';

export type InstallStep =
  | 'fetch'
  | 'unpack'
  | 'check'
  | 'dependencies'
  | 'probe'
  | 'move'
  | 'record';

/** Called as a plugin is added, before each step; `detail` is for people. */
export type OnProgress = (step: InstallStep, detail: string) => void;

/** What is about to be installed, before any of its code runs. */
export interface InstallPlan {
  readonly id: string;
  readonly package: string;
  readonly version: string;
  readonly source: string;
  readonly permissions: Permissions;
  readonly manifest: Manifest;
  /** What the lockfile names under this id now. */
  readonly replaces?: LockedPlugin;
}

/** Shows the permissions; false leaves everything as it is. */
export type Confirm = (plan: InstallPlan) => boolean | Promise<boolean>;
