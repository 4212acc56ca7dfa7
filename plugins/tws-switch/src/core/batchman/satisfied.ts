import type { Dependency, JobPart, Plan, PromptId, StreamPart } from '@ftctl/plan';

/** Whether what a job or stream waits for has come; pure questions to the plan. */

/** A job that lets its followers run. */
export function endedWell({ def, s }: JobPart): boolean {
  if (s === undefined) return false;
  if (s.state === 'SUCC' || s.state === 'CANCL') return true;
  return s.state === 'ABEND' && def?.recovery === 'continue';
}

/** A job of which nothing more comes by itself. */
export function hasEnded({ s }: JobPart): boolean {
  switch (s?.state) {
    case 'SUCC':
    case 'CANCL':
    case 'ABEND':
    case 'FAIL':
    case 'DONE':
    case 'PEND':
      return true;
    default:
      return false;
  }
}

/** A job whose process may be there. */
export function isRunning({ s }: JobPart): boolean {
  switch (s?.state) {
    case 'WAIT':
    case 'INTRO':
    case 'EXEC':
    case 'SUCCP':
    case 'ABENP':
      return true;
    default:
      return false;
  }
}

export function streamEndedWell({ s }: StreamPart): boolean {
  return s?.state === 'SUCC' || s?.state === 'CANCEL';
}

export function isFollowed(plan: Plan, { kind, id }: Dependency): boolean {
  return kind === 'job' ? endedWell(plan.job(id)) : streamEndedWell(plan.stream(id));
}

export function allFollowed(plan: Plan, follows: readonly Dependency[]): boolean {
  return follows.every((one) => isFollowed(plan, one));
}

export function allAnswered(plan: Plan, prompts: readonly PromptId[]): boolean {
  return prompts.every((id) => plan.prompt(id).s?.state === 'yes');
}
