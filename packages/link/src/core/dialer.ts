import { type BackOffRange, backOffMs } from './back-off.ts';

/**
 * Life of one lane on the side that dials: dialed when first wanted, dialed
 * again after each end with a growing pause, until stopped.
 */
export interface DialerRules {
  readonly reconnect: BackOffRange;
  /** Being up for so long makes earlier failures forgotten. */
  readonly stableAfterMs: number;
}

export type DialerState =
  | { readonly phase: 'idle' }
  /** From the dialing until the peer's welcome. */
  | { readonly phase: 'connecting'; readonly failures: number }
  | { readonly phase: 'up'; readonly failures: number; readonly sinceMs: number }
  | { readonly phase: 'pausing'; readonly failures: number }
  | { readonly phase: 'stopped' };

export type DialerInput =
  | { readonly kind: 'wanted' }
  | { readonly kind: 'welcomed'; readonly nowMs: number }
  | {
      readonly kind: 'ended';
      readonly nowMs: number;
      /** In [0, 1). */
      readonly chance: number;
    }
  | { readonly kind: 'pause-over' }
  | { readonly kind: 'stop' };

export type DialerEffect =
  | { readonly kind: 'dial' }
  | { readonly kind: 'pause'; readonly delayMs: number }
  | { readonly kind: 'up' }
  | { readonly kind: 'down' }
  | { readonly kind: 'hang-up' };

export interface DialerStep {
  readonly state: DialerState;
  readonly effects: readonly DialerEffect[];
}

export const IDLE: DialerState = { phase: 'idle' };

export function dialerStep(rules: DialerRules, state: DialerState, input: DialerInput): DialerStep {
  if (state.phase === 'stopped') return { state, effects: [] };
  switch (input.kind) {
    case 'wanted':
      if (state.phase !== 'idle') return { state, effects: [] };
      return { state: { phase: 'connecting', failures: 0 }, effects: [{ kind: 'dial' }] };
    case 'welcomed': {
      if (state.phase !== 'connecting') return { state, effects: [] };
      const up = { phase: 'up', failures: state.failures, sinceMs: input.nowMs } as const;
      return { state: up, effects: [{ kind: 'up' }] };
    }
    case 'ended':
      return end(rules, state, input);
    case 'pause-over': {
      if (state.phase !== 'pausing') return { state, effects: [] };
      const connecting = { phase: 'connecting', failures: state.failures } as const;
      return { state: connecting, effects: [{ kind: 'dial' }] };
    }
    case 'stop': {
      const open = state.phase === 'connecting' || state.phase === 'up';
      return { state: { phase: 'stopped' }, effects: open ? [{ kind: 'hang-up' }] : [] };
    }
  }
}

function end(
  rules: DialerRules,
  state: DialerState,
  input: DialerInput & { kind: 'ended' },
): DialerStep {
  if (state.phase !== 'connecting' && state.phase !== 'up') return { state, effects: [] };
  const stable = state.phase === 'up' && input.nowMs - state.sinceMs >= rules.stableAfterMs;
  const failures = stable ? 1 : state.failures + 1;
  const delayMs = backOffMs(rules.reconnect, failures, input.chance);
  return {
    state: { phase: 'pausing', failures },
    effects: [{ kind: 'down' }, { kind: 'pause', delayMs }],
  };
}
