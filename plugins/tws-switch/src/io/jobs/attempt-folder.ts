import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { AttemptId } from './job-runner.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** What stands in the folder of one attempt; written by its launcher, except the intent. */
export const FILES = {
  /** `Intent`: what is to run. */
  intent: 'intent',
  /** `Claim`: who runs it, or that nobody ever will. */
  claim: 'claim',
  /** `ProcessIdentity` of the shell that runs the command. */
  process: 'process',
  /** `ExitRecord`. */
  exit: 'exit',
  /** What the command printed. */
  log: 'log',
} as const;

export interface IntentFile {
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
}

export type Claim =
  | { readonly void: true }
  | { readonly launcher: ProcessIdentity; startMs: number };

export interface ExitRecord {
  readonly rc: number;
  readonly startMs: number;
  readonly endMs: number;
}

/** Longest encoded name that is used as it is; file systems take 255 bytes. */
const MAX_NAME = 180;

/** Folder of an attempt. Names come from plans: encoded, so that none leaves its place. */
export function attemptFolder(root: string, { job, attempt }: AttemptId): string {
  return join(jobFolder(root, job), String(attempt));
}

export function jobFolder(root: string, job: string): string {
  const encoded = encodeURIComponent(job).replaceAll('.', '%2E').replaceAll('*', '%2A');
  if (encoded.length <= MAX_NAME) return join(root, encoded);
  const digest = createHash('sha256').update(job).digest('hex').slice(0, 32);
  return join(root, `${encoded.slice(0, MAX_NAME - 33)}-${digest}`);
}
