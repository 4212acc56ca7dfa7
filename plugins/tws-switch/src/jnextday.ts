import {
  type CommandOutcome,
  carriedForward,
  type Definitions,
  keyOf,
  makeSymphony,
  NO_PLAN,
  type PartKey,
  type PlanHeader,
  runOf,
} from '@ftctl/plan';
import { describeError, isFtError, type Transaction } from '@ftctl/sdk';
import { tooOld } from './core/features.ts';
import { refusals, refused } from './core/refusals.ts';
import type { Desk } from './desk.ts';
import type { Workstation } from './workstation.ts';

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
  const { kept, streams: carried } = carriedForward(plan);
  let archived = 0;
  for (const part of [...plan.parts()]) {
    const key: PartKey = keyOf(part);
    if (part.kind !== 'stream' && part.kind !== 'job' && part.kind !== 'prompt') continue;
    // Of a plan that was never here; what it is comes from the master that made it.
    if (kept.has(key) || runOf(part.id) >= run) continue;
    if (part.kind === 'stream') archived += 1;
    book.archive(key);
  }
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

/** `jnextday` on the master: makes the plan in the caller's commit; `made` is called once it may be offered. */
export function jnextday(
  tx: Transaction,
  { desk, mailman, turnover, options, definitions: known }: Workstation,
  made: () => void,
): CommandOutcome {
  const { tree, domain, roles, self, ctx } = desk;
  if (domain !== tree.root || !roles.acting()) {
    return refused(refusals.NOT_MASTER({ workstation: self }));
  }
  const { waitsFor } = turnover;
  if (waitsFor !== undefined) return refused(refusals.TURNOVER({ why: waitsFor }));
  const old = options.switchFaultTolerance ? tooOld(desk.book.plan, tree) : [];
  if (old.length > 0) return refused(refusals.TOO_OLD({ workstations: old.join(', ') }));
  let definitions: Definitions | undefined;
  try {
    definitions = known.forPlan(tx);
  } catch (error) {
    if (!isFtError(error)) throw error;
    return { ok: false, code: error.code, text: describeError(error) };
  }
  if (definitions === undefined) return refused(refusals.NO_DEFINITIONS());
  const plan = makeNextPlan(tx, desk, {
    definitions,
    switchFaultTolerance: options.switchFaultTolerance,
    utcOffsetMinutes: options.utcOffsetMinutes(),
  });
  mailman.forgetLost();
  // Not inside the commit: it must be on disk before it is offered.
  ctx.clock.setTimer(0, made);
  const { header, streams, jobs, carried, archived } = plan;
  const text = `plan ${header.plan.run}: ${streams} streams and ${jobs} jobs, ${carried} carried forward, ${archived} archived`;
  return { ok: true, text };
}
