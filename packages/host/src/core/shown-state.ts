import type { PluginState } from '../status.ts';
import type { Supervised } from './supervision-types.ts';

/** How a supervised plugin is shown to people. */
export function shownState(state: Supervised): { state: PluginState; reason?: string } {
  const { phase, reason } = state;
  switch (phase.name) {
    case 'idle':
      return reason === undefined ? { state: 'stopped' } : { state: 'failed', reason };
    case 'spawning':
    case 'starting':
      return { state: 'starting' };
    case 'running':
      if (phase.unanswered > 0) {
        const times = phase.unanswered === 1 ? 'once' : `${phase.unanswered} times`;
        return { state: 'degraded', reason: `it did not answer ${times}` };
      }
      return phase.health.reason === undefined
        ? { state: phase.health.state }
        : { state: phase.health.state, reason: phase.health.reason };
    case 'ending':
      return phase.crash === undefined
        ? { state: 'stopping' }
        : { state: 'failed', reason: `${phase.crash}; it is replaced` };
    case 'waiting':
      return { state: 'failed', reason: `${reason ?? 'it crashed'}; it starts again soon` };
    case 'quarantined':
      return { state: 'quarantined', ...(reason === undefined ? {} : { reason }) };
  }
}
