import type { CapabilityOperation } from '@ftctl/sdk';
import * as v from 'valibot';
import { checked } from '../checked.ts';
import { PLAN_SOURCE, RESYNC_REASONS, type ResyncReason } from './records.ts';

/** What a mirror may ask the source of a plan. */

export interface SourceStatus {
  readonly workstation: string;
  /** True when this workstation manages the root domain: nobody else's plan is mirrored. */
  readonly master: boolean;
  /** Number of the root domain's epoch. */
  readonly epoch: number;
  /** Run of the plan; 0 before the first. */
  readonly run: number;
  /** Syncid of the newest copy; 0 before the first. */
  readonly syncid: number;
  /** False when something was not written to the mirrorbox since the newest copy. */
  readonly whole: boolean;
  /** Why, when it is false. */
  readonly why?: ResyncReason;
}

export interface SnapshotBegun {
  readonly syncid: number;
  readonly epoch: number;
  /** Position of its record in the mirrorbox: what comes after it is not in the copy. */
  readonly seq: number;
}

export interface SinfoniaStatus {
  readonly state: 'writing' | 'ready' | 'failed' | 'absent';
  readonly parts: number;
  /** Parts written so far. */
  readonly written: number;
  /** Size of the file; 0 until it is known. */
  readonly bytes: number;
  /** Where it is, once ready. */
  readonly path?: string;
  /** Why it failed, in words. */
  readonly why?: string;
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const nothing = v.strictObject({});

export const sourceStatus = operation<Record<string, never>, SourceStatus>(
  'status',
  nothing,
  v.strictObject({
    workstation: v.string(),
    master: v.boolean(),
    epoch: count,
    run: count,
    syncid: count,
    whole: v.boolean(),
    why: v.exactOptional(v.picklist(RESYNC_REASONS)),
  }),
);

/**
 * Begins a copy of the plan; an older one is removed. Fails when this host does
 * not manage the root domain, has no plan, or one of the same mirror is under way.
 */
export const sourceSnapshot = operation<{ readonly atLeast: number }, SnapshotBegun>(
  'snapshot',
  v.strictObject({ atLeast: count }),
  v.strictObject({ syncid: count, epoch: count, seq: count }),
);

/** How far the copy is. */
export const sourceSinfonia = operation<{ readonly syncid: number }, SinfoniaStatus>(
  'sinfonia',
  v.strictObject({ syncid: count }),
  v.strictObject({
    state: v.picklist(['writing', 'ready', 'failed', 'absent']),
    parts: count,
    written: count,
    bytes: count,
    path: v.exactOptional(v.string()),
    why: v.exactOptional(v.string()),
  }),
);

/** The copy was loaded, or will not be: its file is removed. */
export const sourceRelease = operation<{ readonly syncid: number }, Record<string, never>>(
  'release',
  v.strictObject({ syncid: count }),
  nothing,
);

/**
 * Begins to write to the mirrorbox what the plan hashes to, stream by stream; one
 * that is under way is given up. `check` names it in the records; the answer says
 * how many streams there are.
 */
export const sourceCheck = operation<{ readonly check: number }, { readonly streams: number }>(
  'check',
  v.strictObject({ check: count }),
  v.strictObject({ streams: count }),
);

function operation<Q, R>(
  name: string,
  question: v.GenericSchema<unknown, Q>,
  answer: v.GenericSchema<unknown, R>,
): CapabilityOperation<Q, R> {
  return {
    capability: PLAN_SOURCE,
    operation: name,
    question: (value) => checked(question, value),
    answer: (value) => checked(answer, value),
  };
}
