import type { CommandOutcome, JobId, StreamId } from '@ftctl/plan';
import { refusals, refused } from '../refusals.ts';
import type { Batchman } from './batchman.ts';
import { hasEnded, isRunning } from './satisfied.ts';

/** `cancel` of a job: at once, or when what it waits for has come. */
export function cancelJob(batchman: Batchman, id: JobId, pend: boolean): CommandOutcome {
  const part = batchman.plan.job(id);
  if (part.def === undefined) return refused(refusals.NO_OBJECT({ kind: 'job', id }));
  if (isRunning(part)) {
    return refused(refusals.JOB_RUNS({ job: id }));
  }
  if (part.s?.state === 'CANCL') return { ok: true, text: `${id} was cancelled already` };
  if (hasEnded(part)) return refused(refusals.HAS_ENDED({ id }));
  const status = batchman.statusOf(part);
  if (pend) batchman.setJob(part, { ...status, cancelPending: true });
  else batchman.setJob(part, { ...status, state: 'CANCL' });
  return { ok: true };
}

/** `cancel` of a stream: its jobs that have not begun are cancelled by their workstations. */
export function cancelStream(batchman: Batchman, id: StreamId, pend = false): CommandOutcome {
  const part = batchman.plan.stream(id);
  if (part.def === undefined) {
    return refused(refusals.NO_OBJECT({ kind: 'stream', id }));
  }
  const status = batchman.streamStatusOf(part);
  if (status.state === 'SUCC') return refused(refusals.HAS_ENDED({ id }));
  batchman.setStream(part, { ...status, state: pend && !status.open ? 'CANCELP' : 'CANCEL' });
  return { ok: true };
}
