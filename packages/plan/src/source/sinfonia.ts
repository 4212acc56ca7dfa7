import { json } from '@ftctl/sdk';
import * as v from 'valibot';
import { checked } from '../checked.ts';
import { epochSchema, planIdSchema } from '../event-schema.ts';
import type { DomainName, WorkstationName } from '../model.ts';
import type { WorkstationType } from '../topology.ts';
import type { Epoch, PlanId } from '../version.ts';

/**
 * `Sinfonia.<syncid>`, a copy of the plan as a file of lines: the head, then each
 * part as JSON, then the end, without which the file is not whole.
 */
export interface SinfoniaHead {
  readonly sinfonia: 1;
  readonly syncid: number;
  /** Number of the master's epoch. */
  readonly epoch: number;
  readonly plan: PlanId;
  /** When the plan was made, milliseconds since 1970 UTC. */
  readonly madeAtMs: number;
  /** When the copy was taken. */
  readonly takenAtMs: number;
  readonly parts: number;
  readonly domains: readonly SinfoniaDomain[];
  readonly workstations: readonly SinfoniaWorkstation[];
}

export interface SinfoniaDomain {
  readonly name: DomainName;
  readonly parent?: DomainName;
  /** Who manages it, and since which switch. */
  readonly epoch: Epoch;
}

export interface SinfoniaWorkstation {
  readonly name: WorkstationName;
  readonly domain: DomainName;
  readonly type: WorkstationType;
  readonly os: string;
  readonly node?: string;
  readonly hostedBy?: WorkstationName;
  readonly method?: string;
  readonly fullStatus: boolean;
  readonly limit: number;
  readonly fence: number;
}

export interface SinfoniaEnd {
  readonly end: number;
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(256));
const time = v.pipe(v.number(), v.finite());

const head: v.GenericSchema<SinfoniaHead> = v.strictObject({
  sinfonia: v.literal(1),
  syncid: count,
  epoch: count,
  plan: planIdSchema,
  madeAtMs: time,
  takenAtMs: time,
  parts: count,
  domains: v.array(v.strictObject({ name, parent: v.exactOptional(name), epoch: epochSchema })),
  workstations: v.array(
    v.strictObject({
      name,
      domain: name,
      type: v.picklist(['master', 'manager', 'fta', 'x-agent']),
      os: v.string(),
      node: v.exactOptional(name),
      hostedBy: v.exactOptional(name),
      method: v.exactOptional(v.string()),
      fullStatus: v.boolean(),
      limit: count,
      fence: count,
    }),
  ),
});

export const sinfoniaHeadCodec = json<SinfoniaHead>('the head of a Sinfonia file', (value) =>
  checked(head, value),
);
