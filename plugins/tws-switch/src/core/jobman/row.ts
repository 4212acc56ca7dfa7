import { checked } from '@ftctl/plan';
import { json } from '@ftctl/sdk';
import * as v from 'valibot';

/** Longest command that is run; the systems' own limit for one argument is twice that or more. */
export const MAX_COMMAND_CHARACTERS = 65_536;
/** All names and values together. */
export const MAX_ENV_CHARACTERS = 65_536;

const row = v.strictObject({
  job: v.pipe(v.string(), v.minLength(1)),
  attempt: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  command: v.pipe(v.string(), v.maxLength(MAX_COMMAND_CHARACTERS)),
  env: v.exactOptional(v.record(v.string(), v.string())),
  cwd: v.exactOptional(v.string()),
  /** `intent`: it may have been claimed, or not. `running`: it was claimed. */
  phase: v.picklist(['intent', 'running']),
  /** An operator wants it killed. */
  kill: v.exactOptional(v.literal(true)),
});

/** An attempt that is to be run or runs. At most one per job; its key is the job's id. */
export type JobmanRow = Readonly<v.InferOutput<typeof row>>;

export const jobmanRowCodec = json<JobmanRow>('intent of a job', (value) => checked(row, value));
