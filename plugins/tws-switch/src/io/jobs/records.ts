import { checked } from '@ftctl/plan';
import * as v from 'valibot';
import type { Claim, ExitRecord, JobProcess } from '../../launcher/attempt-files.ts';

/** What launchers have written; a disk may be wrong. */

const time = v.pipe(v.number(), v.finite());
const pid = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const words = v.pipe(v.string(), v.maxLength(1_000));

const claim = v.strictObject({
  by: v.picklist(['launcher', 'runner']),
  pid,
  startTime: words,
  boot: words,
  atMs: time,
});

const exitRecord = v.variant('outcome', [
  v.strictObject({
    outcome: v.literal('ended'),
    rc: v.exactOptional(v.pipe(v.number(), v.safeInteger())),
    signal: v.exactOptional(words),
    startMs: time,
    endMs: time,
  }),
  v.strictObject({ outcome: v.literal('failed'), why: words }),
]);

const jobProcess = v.strictObject({ pid, startTime: words });

/** @throws Error that says what is wrong */
export function parseClaim(text: string): Claim {
  return checked(claim, JSON.parse(text));
}

/** @throws Error that says what is wrong */
export function parseExitRecord(text: string): ExitRecord {
  return checked(exitRecord, JSON.parse(text));
}

/** @throws Error that says what is wrong */
export function parseJobProcess(text: string): JobProcess {
  return checked(jobProcess, JSON.parse(text));
}
