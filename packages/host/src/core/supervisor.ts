import type { Health } from '@ftctl/sdk';
import { hostMessages } from '../messages.ts';
import {
  type Phase,
  SUPERVISION_TIMES,
  type Supervised,
  type SupervisionLimits,
  type SupervisionTimes,
  type SupervisorEffect,
  type SupervisorInput,
  type SupervisorStep,
} from './supervision-types.ts';

/** A plugin that is not wanted yet. */
export function supervise(
  plugin: string,
  limits: SupervisionLimits,
  times: SupervisionTimes = SUPERVISION_TIMES,
): Supervised {
  return { plugin, times, limits, want: 'stop', phase: { name: 'idle' }, crashes: [] };
}

/**
 * One step of the supervision of one plugin: what happened goes in, what to do
 * comes out. At most one process of a plugin exists at a time: `spawn` is only
 * asked for when none does. Inputs about a pid that is not the present one are
 * about the past and change nothing.
 */
export function superviseStep(before: Supervised, input: SupervisorInput): SupervisorStep {
  const { state, effects } = decide(before, input);
  const wake = wakeAt(state.phase);
  if (wake === wakeAt(before.phase)) return { state, effects };
  return { state, effects: [...effects, { type: 'wake', at: wake }] };
}

function decide(state: Supervised, input: SupervisorInput): SupervisorStep {
  switch (input.type) {
    case 'run':
      return wanted({ ...withoutReason(state), want: 'run', limits: input.limits });
    case 'restart':
      return restart(
        { ...withoutReason(state), want: 'run', limits: input.limits, crashes: [] },
        input.at,
      );
    case 'stop':
      return unwanted({ ...withoutReason(state), want: 'stop', crashes: [] }, input.at);
    case 'block': {
      const told = hostMessages.FTHO025E({ plugin: state.plugin, why: input.why });
      const step = unwanted({ ...state, want: 'stop', crashes: [], reason: input.why }, input.at);
      return also(step, { type: 'tell', message: told });
    }
    case 'found':
      return found(state, input);
    case 'spawned':
      return spawned(state, input.pid, input.at);
    case 'spawn-failed':
      return state.phase.name === 'spawning' ? crashed(state, input.why, input.at) : same(state);
    case 'ready':
      return ready(state, input.pid, input.at);
    case 'exited':
      return exited(state, input);
    case 'health':
      return healthy(state, input.pid, input.health, input.at);
    case 'silent':
      return silent(state, input.pid, input.at);
    case 'tick':
      return tick(state, input.at);
  }
}

/** Brings a plugin that is wanted to life, unless it lives, waits or is in quarantine. */
function wanted(state: Supervised): SupervisorStep {
  return state.phase.name === 'idle' ? spawn(state) : same(state);
}

function restart(state: Supervised, at: number): SupervisorStep {
  switch (state.phase.name) {
    case 'spawning':
      return same({ ...state, phase: { name: 'spawning', again: true } });
    case 'starting':
    case 'running':
      return end(state, state.phase.pid, at);
    case 'ending': {
      // Whatever it did wrong is forgotten with the other crashes.
      const { crash: _crash, ...phase } = state.phase;
      return same({ ...state, phase });
    }
    default:
      return spawn(state);
  }
}

function unwanted(state: Supervised, at: number): SupervisorStep {
  switch (state.phase.name) {
    case 'starting':
    case 'running':
      return end(state, state.phase.pid, at);
    case 'waiting':
    case 'quarantined':
      return same({ ...state, phase: { name: 'idle' } });
    default:
      return same(state);
  }
}

function found(
  state: Supervised,
  input: Extract<SupervisorInput, { type: 'found' }>,
): SupervisorStep {
  const { plugin, want, phase } = state;
  const { pid, at } = input;
  if (phase.name !== 'spawning' && phase.name !== 'idle') return same(state);
  const misfit =
    want === 'stop'
      ? 'it is not to run'
      : phase.name === 'spawning' && phase.again
        ? 'it was to be restarted'
        : input.misfit;
  if (misfit !== undefined) {
    const message = hostMessages.FTHO012I({ plugin, pid, why: misfit });
    return also(end(state, pid, at), { type: 'tell', message });
  }
  const message = hostMessages.FTHO011I({ plugin, pid });
  const next = input.ready ? running(pid, at) : starting(state, pid, at);
  return also(same({ ...state, phase: next }), { type: 'tell', message });
}

function spawned(state: Supervised, pid: number, at: number): SupervisorStep {
  if (state.phase.name !== 'spawning') return same(state);
  if (state.want === 'stop' || state.phase.again) return end(state, pid, at);
  return same({ ...state, phase: starting(state, pid, at) });
}

function ready(state: Supervised, pid: number, at: number): SupervisorStep {
  if (state.phase.name !== 'starting' || state.phase.pid !== pid) return same(state);
  const message = hostMessages.FTHO010I({ plugin: state.plugin, pid });
  return also(same({ ...state, phase: running(pid, at) }), { type: 'tell', message });
}

function exited(
  state: Supervised,
  input: Extract<SupervisorInput, { type: 'exited' }>,
): SupervisorStep {
  const { phase } = state;
  if (!('pid' in phase) || phase.pid !== input.pid) return same(state);
  if (state.want === 'stop') {
    const message = hostMessages.FTHO013I({ plugin: state.plugin });
    return also(same({ ...state, phase: { name: 'idle' } }), { type: 'tell', message });
  }
  if (phase.name !== 'ending') return crashed(state, input.why, input.at);
  return phase.crash === undefined ? spawn(state) : crashed(state, phase.crash, input.at);
}

/** Counts a crash, then waits twice as long as after the one before, or gives up. */
function crashed(state: Supervised, why: string, at: number): SupervisorStep {
  const { plugin, limits, times } = state;
  if (state.want === 'stop') return same({ ...state, phase: { name: 'idle' } });
  const crashes = [...recentCrashes(state, at), at];
  const next: Supervised = { ...state, crashes, reason: why };
  if (crashes.length >= limits.restarts.count) {
    const message = hostMessages.FTHO021E({ plugin, crashes: crashes.length, why });
    return also(same({ ...next, phase: { name: 'quarantined' } }), { type: 'tell', message });
  }
  const waitMs = Math.min(times.backoffFirstMs * 2 ** (crashes.length - 1), times.backoffMaxMs);
  const message = hostMessages.FTHO020W({ plugin, why, seconds: waitMs / 1_000 });
  const phase: Phase = { name: 'waiting', until: at + waitMs };
  return also(same({ ...next, phase }), { type: 'tell', message });
}

function healthy(state: Supervised, pid: number, health: Health, at: number): SupervisorStep {
  const { phase, plugin } = state;
  if (phase.name !== 'running' || phase.pid !== pid) return same(state);
  const next: Phase = {
    ...phase,
    health,
    unanswered: 0,
    askAt: at + state.times.healthEveryMs,
  };
  const step = same({ ...state, phase: next });
  if (phase.health.state === health.state) return step;
  const why = health.reason ?? 'it gives no reason';
  const message =
    health.state === 'ok'
      ? hostMessages.FTHO032I({ plugin })
      : health.state === 'degraded'
        ? hostMessages.FTHO030W({ plugin, why })
        : hostMessages.FTHO031E({ plugin, why });
  return also(step, { type: 'tell', message });
}

function silent(state: Supervised, pid: number, at: number): SupervisorStep {
  const { phase, plugin, times } = state;
  if (phase.name !== 'running' || phase.pid !== pid) return same(state);
  const unanswered = phase.unanswered + 1;
  if (unanswered < times.unansweredLimit) {
    return same({ ...state, phase: { ...phase, unanswered, askAt: at } });
  }
  const message = hostMessages.FTHO022W({ plugin, times: unanswered });
  return also(kill(state, pid, at, 'it did not answer'), { type: 'tell', message });
}

function tick(state: Supervised, at: number): SupervisorStep {
  const { phase, plugin } = state;
  const due = wakeAt(phase);
  if (due === undefined || at < due) return same(state);
  switch (phase.name) {
    case 'waiting':
      return spawn(state);
    case 'running':
      return also(same({ ...state, phase: { ...phase, askAt: undefined } }), {
        type: 'ask',
        pid: phase.pid,
      });
    case 'starting': {
      const message = hostMessages.FTHO023W({ plugin });
      const step = kill(state, phase.pid, at, 'it was not ready in time');
      return also(step, { type: 'tell', message });
    }
    case 'ending': {
      const step = kill(state, phase.pid, at, phase.crash);
      if (phase.killed) return step;
      return also(step, { type: 'tell', message: hostMessages.FTHO024W({ plugin }) });
    }
    default:
      return same(state);
  }
}

function spawn(state: Supervised): SupervisorStep {
  return also(same({ ...state, phase: { name: 'spawning', again: false } }), { type: 'spawn' });
}

function end(state: Supervised, pid: number, at: number): SupervisorStep {
  const deadline = at + state.limits.drainMs + state.times.marginMs;
  const phase: Phase = { name: 'ending', pid, deadline, killed: false };
  return also(same({ ...state, phase }), { type: 'stop', pid });
}

function kill(
  state: Supervised,
  pid: number,
  at: number,
  crash: string | undefined,
): SupervisorStep {
  const deadline = at + state.times.killAgainMs;
  const phase: Phase = {
    name: 'ending',
    pid,
    deadline,
    killed: true,
    ...(crash === undefined ? {} : { crash }),
  };
  return also(same({ ...state, phase }), { type: 'kill', pid });
}

function starting(state: Supervised, pid: number, at: number): Phase {
  return { name: 'starting', pid, deadline: at + state.limits.startMs + state.times.marginMs };
}

function running(pid: number, at: number): Phase {
  return { name: 'running', pid, health: { state: 'ok' }, unanswered: 0, askAt: at };
}

/** When the phase ends by itself, or asks for health. */
function wakeAt(phase: Phase): number | undefined {
  switch (phase.name) {
    case 'starting':
    case 'ending':
      return phase.deadline;
    case 'waiting':
      return phase.until;
    case 'running':
      return phase.askAt;
    default:
      return undefined;
  }
}

/** Crashes that still count at that time. */
export function recentCrashes(state: Supervised, at: number): readonly number[] {
  return state.crashes.filter((crash) => at - crash < state.limits.restarts.windowMs);
}

function withoutReason(state: Supervised): Supervised {
  const { reason: _reason, ...rest } = state;
  return rest;
}

function same(state: Supervised): SupervisorStep {
  return { state, effects: [] };
}

function also(step: SupervisorStep, effect: SupervisorEffect): SupervisorStep {
  return { state: step.state, effects: [...step.effects, effect] };
}
