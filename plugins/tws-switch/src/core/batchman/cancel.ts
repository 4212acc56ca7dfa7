import type { CommandOutcome, JobId, StreamId } from '@ftctl/plan';
import type { Batchman } from './batchman.ts';
import { hasEnded, isRunning } from './satisfied.ts';

/** `cancel` of a job: at once, or when what it waits for has come. */
export function cancelJob(batchman: Batchman, id: JobId, pend: boolean): CommandOutcome {
  const part = batchman.plan.job(id);
  if (isRunning(part)) {
    return { ok: false, code: 'FT_TWS_RUNNING', text: `${id} runs; \`ftctl tws kill\` ends it` };
  }
  if (part.s?.state === 'CANCL') return { ok: true, text: `${id} was cancelled already` };
  if (hasEnded(part)) return { ok: false, code: 'FT_TWS_ENDED', text: `${id} has ended` };
  const status = batchman.statusOf(part);
  if (pend) batchman.setJob(part, { ...status, cancelPending: true });
  else batchman.setJob(part, { ...status, state: 'CANCL' });
  return { ok: true };
}

/** `cancel` of a stream: its jobs that have not begun are cancelled by their workstations. */
export function cancelStream(batchman: Batchman, id: StreamId, pend = false): CommandOutcome {
  const part = batchman.plan.stream(id);
  if (part.def === undefined) {
    return { ok: false, code: 'FT_TWS_NO_SUCH', text: `there is no stream ${id}` };
  }
  const status = batchman.streamStatusOf(part);
  if (status.state === 'SUCC') return { ok: false, code: 'FT_TWS_ENDED', text: `${id} has ended` };
  batchman.setStream(part, { ...status, state: pend && !status.open ? 'CANCELP' : 'CANCEL' });
  return { ok: true };
}
