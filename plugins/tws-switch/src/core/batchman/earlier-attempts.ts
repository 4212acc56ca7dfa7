import type { JobId, JobStatus } from '@ftctl/plan';
import type { Batchman } from './batchman.ts';
import { decidesFor } from './versions.ts';

/** States of a job that was not launched, as far as its workstation knows. */
const UNLAUNCHED: ReadonlySet<string> = new Set(['HOLD', 'READY', 'SCHED', 'FENCE']);

/** What somebody tells of a job. */
interface Told {
  readonly id: JobId;
  readonly s?: JobStatus;
}

/**
 * A workstation that began anew has said all of its own again, with versions that
 * count for newer than any of before. Somebody may tell later of an attempt that it
 * knew nothing of: then that counts, and its number is not used once more.
 *
 * @returns whether there was one
 */
export function takeEarlierAttempts(batchman: Batchman, told: Iterable<Told>): boolean {
  let isAny = false;
  for (const { id, s } of told) {
    const part = batchman.plan.job(id);
    if (s === undefined || part.s === undefined || part.def === undefined) continue;
    const isEarlier = s.v.era < part.s.v.era && s.attempt > part.s.attempt;
    if (!isEarlier || !UNLAUNCHED.has(part.s.state)) continue;
    if (!decidesFor(batchman.own, part.def.ws)) continue;
    batchman.takeBack(part, s);
    isAny = true;
  }
  return isAny;
}
