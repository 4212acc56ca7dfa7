/**
 * Finds connections that are dead without having ended. One side pings at each
 * tick, the other answers; whatever arrives is a sign of life, so a frame that
 * takes long to arrive is none of silence. TCP itself would notice after minutes.
 */
export interface HeartbeatRules {
  /** Time between ticks, and so between pings. */
  readonly intervalMs: number;
  /** Silence after which the connection counts as dead. It is noticed at most one interval later. */
  readonly silenceLimitMs: number;
  /** True on the side that dialed. */
  readonly pings: boolean;
}

export interface HeartbeatState {
  readonly lastTickMs: number;
  readonly lastHeardMs: number;
  /** Bytes that had arrived by the last tick. */
  readonly bytesReceived: number;
  readonly pingNumber: number;
  readonly pingedAtMs: number;
  readonly roundTripMs?: number;
}

export type HeartbeatInput =
  | { readonly kind: 'tick'; readonly nowMs: number; readonly bytesReceived: number }
  | { readonly kind: 'pong'; readonly nowMs: number; readonly number: number };

export type HeartbeatEffect =
  | { readonly kind: 'ping'; readonly number: number }
  | { readonly kind: 'dead'; readonly silentMs: number };

export interface HeartbeatStep {
  readonly state: HeartbeatState;
  readonly effects: readonly HeartbeatEffect[];
}

export function startHeartbeat(nowMs: number, bytesReceived: number): HeartbeatState {
  return { lastTickMs: nowMs, lastHeardMs: nowMs, bytesReceived, pingNumber: 0, pingedAtMs: nowMs };
}

export function heartbeatStep(
  rules: HeartbeatRules,
  state: HeartbeatState,
  input: HeartbeatInput,
): HeartbeatStep {
  return input.kind === 'pong' ? hearPong(state, input) : tick(rules, state, input);
}

function hearPong(state: HeartbeatState, input: HeartbeatInput & { kind: 'pong' }): HeartbeatStep {
  if (input.number !== state.pingNumber) return { state, effects: [] };
  const roundTripMs = input.nowMs - state.pingedAtMs;
  return { state: { ...state, roundTripMs }, effects: [] };
}

function tick(
  rules: HeartbeatRules,
  state: HeartbeatState,
  input: HeartbeatInput & { kind: 'tick' },
): HeartbeatStep {
  const heard = input.bytesReceived > state.bytesReceived;
  // A tick that comes late means that this process itself stood still: what the
  // peer sent meanwhile may still wait to be read, so its silence proves nothing.
  const overslept = input.nowMs - state.lastTickMs > 2 * rules.intervalMs;
  const lastHeardMs = heard || overslept ? input.nowMs : state.lastHeardMs;
  const ticked = {
    ...state,
    lastTickMs: input.nowMs,
    lastHeardMs,
    bytesReceived: input.bytesReceived,
  };
  const silentMs = input.nowMs - lastHeardMs;
  if (silentMs >= rules.silenceLimitMs) {
    return { state: ticked, effects: [{ kind: 'dead', silentMs }] };
  }
  if (!rules.pings) return { state: ticked, effects: [] };
  const number = state.pingNumber + 1;
  return {
    state: { ...ticked, pingNumber: number, pingedAtMs: input.nowMs },
    effects: [{ kind: 'ping', number }],
  };
}
