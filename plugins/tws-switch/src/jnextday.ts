import {
  carriedForward,
  type Definitions,
  keyOf,
  makeSymphony,
  NO_PLAN,
  type PartKey,
  type PlanHeader,
} from '@ftctl/plan';
import type { Transaction } from '@ftctl/sdk';
import type { Desk } from './desk.ts';

export interface NewPlan {
  readonly header: PlanHeader;
  readonly streams: number;
  readonly jobs: number;
  readonly carried: number;
  readonly archived: number;
}

/**
 * Makes the plan of the next run in the master's copy, in one commit: new
 * instances, unfinished streams as they are, and nothing of what has ended.
 */
export function makeNextPlan(
  tx: Transaction,
  { book, roles, tree, ctx }: Desk,
  options: {
    readonly definitions: Definitions;
    readonly switchFaultTolerance: boolean;
    readonly utcOffsetMinutes: number;
  },
): NewPlan {
  const nowMs = ctx.clock.now();
  const { plan } = book;
  const run = (plan.header?.plan ?? NO_PLAN).run + 1;
  const kept = carriedForward(plan);
  let archived = 0;
  for (const part of [...plan.parts()]) {
    const key: PartKey = keyOf(part);
    if (part.kind !== 'stream' && part.kind !== 'job' && part.kind !== 'prompt') continue;
    if (kept.has(key)) continue;
    if (part.kind === 'stream') archived += 1;
    book.remove(key);
  }
  const carried = [...kept].filter((key) => key.startsWith('stream/')).length;
  const made = makeSymphony({ ...options, run, nowMs });
  book.apply({ ws: '', inc: 0, nonce: '', id: 0, to: [], event: { k: 'add', ...made } });
  const header: PlanHeader = {
    plan: { epoch: roles.epochOf(tree.root).number, run },
    madeAtMs: nowMs,
    switchFaultTolerance: options.switchFaultTolerance,
  };
  book.setHeader(tx, header);
  return { header, streams: made.streams.length, jobs: made.jobs.length, carried, archived };
}
