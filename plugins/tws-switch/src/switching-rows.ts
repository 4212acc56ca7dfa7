import { epochSchema } from '@ftctl/plan';
import * as v from 'valibot';
import type { StoredRow } from './core/switcher/types.ts';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const names = v.array(v.string());

/** What a switcher keeps on disk. */
export const storedRowSchema: v.GenericSchema<StoredRow> = v.strictObject({
  incarnation: v.string(),
  epoch: epochSchema,
  opened: v.boolean(),
  forced: v.boolean(),
  promised: v.exactOptional(epochSchema),
  claimed: count,
  voters: v.strictObject({
    version: v.strictObject({ era: count, n: count }),
    names,
    previous: v.exactOptional(names),
  }),
  learned: v.boolean(),
  isNew: v.boolean(),
});
