import { json } from '@ftctl/sdk';
import * as v from 'valibot';
import { checked } from '../checked.ts';
import { eventSchema } from '../event-schema.ts';
import type { PlanEvent } from '../events.ts';
import type { StreamId } from '../model.ts';
import type { PartKey } from '../parts.ts';

/** The capability under which a plan can be followed (decision 12). */
export const PLAN_SOURCE = 'plan.source@1';
/** Its topic. */
export const MIRRORBOX = 'mirrorbox';

/** Events that change what a mirror shows; requests and their answers do not. */
export type SourceEvent = Exclude<PlanEvent, { readonly k: 'command' | 'answer' | 'plan' }>;

/** Why what came before in the mirrorbox is of no use, in the order of how usual it is. */
export const RESYNC_REASONS = ['new-symphony', 'switch', 'full', 'unread', 'too-much'] as const;
export type ResyncReason = (typeof RESYNC_REASONS)[number];

/** A record of the mirrorbox. */
export type SourceRecord =
  /** A part of the plan has changed; its version says whether it is news. */
  | {
      readonly r: 'event';
      /** Wall clock of the source, milliseconds since 1970 UTC. */
      readonly ms: number;
      readonly e: SourceEvent;
    }
  /** A part is in the plan no more. */
  | { readonly r: 'gone'; readonly key: PartKey }
  | { readonly r: 'resync'; readonly why: ResyncReason }
  /** The copy with this syncid stands for everything before. */
  | { readonly r: 'snapshot'; readonly syncid: number; readonly epoch: number }
  /** What a stream with its jobs, or with `NETWORK` what belongs to no stream, hashes to at this position. */
  | {
      readonly r: 'check';
      readonly check: number;
      readonly stream: StreamId | typeof NETWORK;
      readonly hash: string;
    }
  /** All of the plan was hashed, and so many there are at this position. */
  | {
      readonly r: 'checked';
      readonly check: number;
      readonly streams: number;
      readonly jobs: number;
    };

/** Workstations, prompts and voters, in a check. */
export const NETWORK = '';

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const key = v.custom<PartKey>(
  (value) => typeof value === 'string' && /^[a-z]+\/./.test(value),
  'no key of a part',
);
const event = v.pipe(
  eventSchema as unknown as v.GenericSchema<SourceEvent>,
  v.check((one: SourceEvent) => isSourceEvent(one), 'no event that a mirror is told of'),
);

const schema: v.GenericSchema<SourceRecord> = v.variant('r', [
  v.strictObject({
    r: v.literal('event'),
    ms: v.pipe(v.number(), v.finite()),
    e: event,
  }),
  v.strictObject({ r: v.literal('gone'), key }),
  v.strictObject({ r: v.literal('resync'), why: v.picklist(RESYNC_REASONS) }),
  v.strictObject({ r: v.literal('snapshot'), syncid: count, epoch: count }),
  v.strictObject({
    r: v.literal('check'),
    check: count,
    stream: v.pipe(v.string(), v.maxLength(256)),
    hash: v.pipe(v.string(), v.maxLength(64)),
  }),
  v.strictObject({ r: v.literal('checked'), check: count, streams: count, jobs: count }),
]);

export const sourceRecordCodec = json<SourceRecord>('a record of the mirrorbox', (value) =>
  checked(schema, value),
);

export function isSourceEvent(event: PlanEvent): event is SourceEvent {
  return event.k !== 'command' && event.k !== 'answer' && event.k !== 'plan';
}
