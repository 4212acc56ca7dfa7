import type { Command, CommandOutcome, JobId, Plan, Target, WorkstationName } from '@ftctl/plan';
import { refusals, refused } from '../refusals.ts';
import type { Batchman } from './batchman.ts';
import { cancelJob, cancelStream } from './cancel.ts';
import { unhold } from './own-cpu.ts';
import { hasEnded, isRunning } from './satisfied.ts';
import { decidesFor, nextRoleVersion } from './versions.ts';

/** Commands that batchman executes; the others are of the network. */
export type PlanCommand = Exclude<
  Command,
  { readonly c: 'link' | 'unlink' | 'jnextday' | 'submit' }
>;

const DONE: CommandOutcome = { ok: true };

/** Executes a request to this workstation as the owner of what it changes. */
export function execute(batchman: Batchman, command: PlanCommand): CommandOutcome {
  const ws = workstationOf(batchman.plan, command);
  if (ws !== undefined && !decidesFor(batchman.own, ws)) {
    return refused(refusals.NOT_OWNER({ workstation: batchman.own.self, of: ws }));
  }
  switch (command.c) {
    case 'cancel':
      return command.target.kind === 'job'
        ? cancelJob(batchman, command.target.id, command.pend === true)
        : cancelStream(batchman, command.target.id, command.pend === true);
    case 'release':
      return release(batchman, command.target);
    case 'altpri':
      return changePriority(batchman, command.target, command.priority);
    case 'rerun':
      return rerun(batchman, command.job);
    case 'kill':
      return kill(batchman, command.job);
    case 'confirm':
      return confirm(batchman, command.job, command.as);
    case 'limit':
      batchman.setCpu({ limit: command.limit });
      return DONE;
    case 'streamlimit':
      return limitStream(batchman, command.stream, command.limit);
    case 'fence':
      batchman.setCpu({ fence: command.fence });
      batchman.lookAtAll();
      return DONE;
    case 'reply':
      return reply(batchman, command.prompt, command.yes);
    case 'start':
      batchman.setCpu({ jobman: true });
      return DONE;
    case 'stop':
      batchman.setCpu({ jobman: false });
      return DONE;
    case 'unhold':
      return letLaunch(batchman);
  }
}

/** Whose job or stream a request is about; undefined for what is not in the plan here, or is neither. */
function workstationOf(plan: Plan, command: PlanCommand): WorkstationName | undefined {
  if ('job' in command) return plan.job(command.job).def?.ws;
  if ('stream' in command) return plan.stream(command.stream).def?.ws;
  if (!('target' in command)) return undefined;
  const { kind, id } = command.target;
  return kind === 'job' ? plan.job(id).def?.ws : plan.stream(id).def?.ws;
}

function noSuch(kind: string, id: string): CommandOutcome {
  return refused(refusals.NO_OBJECT({ kind, id }));
}

function release(batchman: Batchman, { kind, id }: Target): CommandOutcome {
  if (kind === 'stream') {
    const part = batchman.plan.stream(id);
    if (part.def === undefined) return noSuch(kind, id);
    batchman.setStream(part, { ...batchman.streamStatusOf(part), released: true });
    return DONE;
  }
  const part = batchman.plan.job(id);
  if (part.def === undefined) return noSuch(kind, id);
  if (isRunning(part) || hasEnded(part)) {
    return refused(refusals.JOB_BEGUN({ job: id, state: part.s?.state ?? 'HOLD' }));
  }
  batchman.setJob(part, { ...batchman.statusOf(part), released: true });
  return DONE;
}

function changePriority(
  batchman: Batchman,
  { kind, id }: Target,
  priority: number,
): CommandOutcome {
  if (kind === 'stream') {
    const part = batchman.plan.stream(id);
    if (part.def === undefined) return noSuch(kind, id);
    batchman.setStream(part, { ...batchman.streamStatusOf(part), priority });
    return DONE;
  }
  const part = batchman.plan.job(id);
  if (part.def === undefined) return noSuch(kind, id);
  batchman.setJob(part, { ...batchman.statusOf(part), priority });
  return DONE;
}

function rerun(batchman: Batchman, id: JobId): CommandOutcome {
  const part = batchman.plan.job(id);
  if (part.s === undefined) return noSuch('job', id);
  if (!hasEnded(part)) return refused(refusals.JOB_NOT_ENDED({ job: id, state: part.s.state }));
  const { rc: _rc, startMs: _start, endMs: _end, why: _why, ...status } = part.s;
  batchman.setJob(part, { ...status, state: 'HOLD' });
  return { ok: true, text: `${id} runs again as attempt ${part.s.attempt + 1}` };
}

function kill(batchman: Batchman, id: JobId): CommandOutcome {
  const part = batchman.plan.job(id);
  if (part.s === undefined) return noSuch('job', id);
  if (!isRunning(part)) return refused(refusals.JOB_NOT_RUNNING({ job: id, state: part.s.state }));
  batchman.kill(id, part.s.attempt);
  return { ok: true, text: `${id} is being ended` };
}

function confirm(batchman: Batchman, id: JobId, as: 'succ' | 'abend'): CommandOutcome {
  const part = batchman.plan.job(id);
  if (part.s === undefined) return noSuch('job', id);
  const { state } = part.s;
  if (state === 'EXEC' || state === 'SUCCP' || state === 'ABENP') {
    batchman.setJob(part, { ...part.s, state: as === 'succ' ? 'SUCCP' : 'ABENP' });
    return DONE;
  }
  if (!['DONE', 'PEND', 'ABEND', 'FAIL'].includes(state)) {
    return refused(refusals.NOTHING_TO_CONFIRM({ job: id, state }));
  }
  const { why: _why, ...status } = part.s;
  batchman.setJob(part, { ...status, state: as === 'succ' ? 'SUCC' : 'ABEND' });
  return DONE;
}

function limitStream(batchman: Batchman, id: string, limit: number): CommandOutcome {
  const part = batchman.plan.stream(id);
  if (part.def === undefined) return noSuch('stream', id);
  batchman.setStream(part, { ...batchman.streamStatusOf(part), limit });
  return DONE;
}

function reply(batchman: Batchman, id: string, yes: boolean): CommandOutcome {
  const part = batchman.plan.prompt(id);
  if (part.def === undefined) return noSuch('prompt', id);
  if (!batchman.own.acting())
    return refused(refusals.NOT_MASTER({ workstation: batchman.own.self }));
  const v = nextRoleVersion(batchman.own, part.s?.v);
  batchman.say({ k: 'prompt', id, s: { v, state: yes ? 'yes' : 'no' } });
  return DONE;
}

function letLaunch(batchman: Batchman): CommandOutcome {
  const { s } = batchman.plan.cpu(batchman.own.self);
  if (s?.held === undefined) return { ok: true, text: `${batchman.own.self} is not held` };
  unhold(batchman);
  return DONE;
}
