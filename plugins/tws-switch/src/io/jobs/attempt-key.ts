import { createHash } from 'node:crypto';
import type { JobId } from '@ftctl/plan';
import type { AttemptId } from '../../core/jobman/attempt.ts';
import { jobErrors } from './errors.ts';

/** Longest encoded name of a job; file systems take 255 bytes, suffixes need some. */
const MAX_NAME_BYTES = 160;
const KEPT_OF_LONG_BYTES = 120;
const MAX_ATTEMPT = 1_000_000_000;

/**
 * The name under which the files of an attempt lie, `FTA1A%23NIGHT.3.LOAD@1`.
 * Different attempts have different names, also where upper and lower case are
 * one, and no name leads out of its folder: all but capitals, digits, `-`, `_`
 * and an inner `.` is encoded. Of a long name the end is replaced by its digest.
 *
 * @throws FtError FT_JOB_NAME
 */
export function attemptKey({ job, attempt }: AttemptId): string {
  if (!Number.isInteger(attempt) || attempt < 1 || attempt > MAX_ATTEMPT) {
    throw jobErrors.NAME({ name: job, attempt, why: 'its attempt is not a number from 1 on' });
  }
  return `${jobName(job, attempt)}@${attempt}`;
}

/** Attempts of this job among file names that end in `suffix`, in order. */
export function attemptsAmong(names: readonly string[], job: JobId, suffix: string): number[] {
  const prefix = `${jobName(job, 1)}@`;
  const numbers = names
    .filter((name) => name.startsWith(prefix) && name.endsWith(suffix))
    .map((name) => name.slice(prefix.length, -suffix.length))
    .filter((text) => /^[1-9]\d*$/.test(text));
  return numbers.map(Number).sort((one, other) => one - other);
}

function jobName(job: JobId, attempt: number): string {
  const bytes = Buffer.from(job, 'utf8');
  if (bytes.length === 0) throw jobErrors.NAME({ name: '""', attempt, why: 'it is empty' });
  if (bytes.toString('utf8') !== job) {
    throw jobErrors.NAME({ name: job, attempt, why: 'it is not well-formed text' });
  }
  const encoded = [...bytes].map(encodeByte).join('');
  if (encoded.length <= MAX_NAME_BYTES) return encoded;
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 32);
  // `~` is in no name that is encoded in full.
  return `${encoded.slice(0, KEPT_OF_LONG_BYTES)}~${digest}`;
}

function encodeByte(byte: number, index: number): string {
  const character = String.fromCharCode(byte);
  if (/[A-Z0-9_-]/.test(character) || (character === '.' && index > 0)) return character;
  return `%${byte.toString(16).padStart(2, '0')}`;
}
