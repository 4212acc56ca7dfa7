import type { Seq } from '@ftctl/sdk';
import { type BackOffRange, backOffMs } from './back-off.ts';
import {
  BATCH_BYTES,
  MAX_BATCH_RECORDS,
  MAX_BATCHES_IN_FLIGHT,
  STREAM_WINDOW_BYTES,
} from './limits.ts';

/**
 * Ships a log over connections that come and go. Each opening of the stream
 * starts where the receiver says it stands; then batches go out as long as the
 * window has room, and come back as acknowledgements. A refused opening is
 * given up and opened anew after a pause.
 */
export type SenderPhase = 'down' | 'opening' | 'open' | 'refused' | 'stopped';

export interface SenderState {
  readonly phase: SenderPhase;
  /** Number of the present opening on the present connection. */
  readonly stream: number;
  /** Last record sent, or the receiver's position when none was. */
  readonly sent: Seq;
  /** Everything up to it is on the receiver's disk. */
  readonly delivered: Seq;
  readonly windowBytes: number;
  readonly inFlight: readonly SentBatch[];
  readonly inFlightBytes: number;
  /** Refusals in a row. */
  readonly failures: number;
  readonly refused?: Refused;
}

interface SentBatch {
  readonly upTo: Seq;
  readonly bytes: number;
}

interface Refused {
  readonly why: string;
  /** Whether the opening was refused, or a batch after it. */
  readonly what: 'opening' | 'batch';
}

export type SenderInput =
  | { readonly kind: 'link-up'; readonly stream: number }
  | { readonly kind: 'link-down' }
  | {
      readonly kind: 'accepted';
      readonly stream: number;
      /** Undefined: the receiver has nothing of this log. */
      readonly position: Seq | undefined;
      readonly windowBytes: number;
      /** Our cursor in the log, and its newest record. */
      readonly cursor: Seq;
      readonly last: Seq;
      /** In [0, 1). */
      readonly chance: number;
    }
  | { readonly kind: 'sent'; readonly upTo: Seq; readonly bytes: number }
  | { readonly kind: 'acknowledged'; readonly stream: number; readonly upTo: Seq }
  | {
      readonly kind: 'refused';
      readonly stream: number;
      readonly why: string;
      /** In [0, 1). */
      readonly chance: number;
    }
  | { readonly kind: 'retry'; readonly stream: number }
  | { readonly kind: 'stop' };

export type SenderEffect =
  | { readonly kind: 'open'; readonly stream: number }
  | { readonly kind: 'close'; readonly stream: number }
  | { readonly kind: 'retry-after'; readonly delayMs: number }
  | { readonly kind: 'delivered'; readonly upTo: Seq }
  /** There may be more to send: read and send. */
  | { readonly kind: 'pump' }
  /** The receiver said what no correct receiver says: cut it off. */
  | { readonly kind: 'violation'; readonly why: string };

export interface SenderStep {
  readonly state: SenderState;
  readonly effects: readonly SenderEffect[];
}

export function startSender(delivered: Seq): SenderState {
  return {
    phase: 'down',
    stream: 0,
    sent: 0,
    delivered,
    windowBytes: 0,
    inFlight: [],
    inFlightBytes: 0,
    failures: 0,
  };
}

export function senderStep(
  retry: BackOffRange,
  state: SenderState,
  input: SenderInput,
): SenderStep {
  if (state.phase === 'stopped') return unchanged(state);
  switch (input.kind) {
    case 'link-up':
      return open(state, input.stream);
    case 'link-down':
      return { state: { ...state, phase: 'down' }, effects: [] };
    case 'retry':
      if (state.phase !== 'refused') return unchanged(state);
      return open(state, input.stream);
    case 'accepted':
      return accepted(retry, state, input);
    case 'sent':
      return sent(state, input);
    case 'acknowledged':
      return acknowledged(state, input);
    case 'refused':
      return refused(retry, state, input);
    case 'stop': {
      const live = state.phase === 'opening' || state.phase === 'open';
      return {
        state: { ...state, phase: 'stopped' },
        effects: live ? [{ kind: 'close', stream: state.stream }] : [],
      };
    }
  }
}

/** What to read from the log next; undefined while nothing may be sent. */
export function nextRead(
  state: SenderState,
): { after: Seq; maxRecords: number; maxBytes: number } | undefined {
  if (state.phase !== 'open' || state.inFlight.length >= MAX_BATCHES_IN_FLIGHT) return undefined;
  const room = state.windowBytes - state.inFlightBytes;
  // Waiting for room for a whole batch keeps frames large when the receiver is the slower side.
  if (room < BATCH_BYTES && state.inFlight.length > 0) return undefined;
  return {
    after: state.sent,
    maxRecords: MAX_BATCH_RECORDS,
    maxBytes: Math.min(room, BATCH_BYTES),
  };
}

/** Whether a batch may be sent now: one that alone is larger than the window goes alone. */
export function hasRoom(state: SenderState, bytes: number): boolean {
  return state.inFlight.length === 0 || state.inFlightBytes + bytes <= state.windowBytes;
}

function open(state: SenderState, stream: number): SenderStep {
  return {
    // What was in flight before is answered by the position that the receiver tells.
    state: { ...state, phase: 'opening', stream, inFlight: [], inFlightBytes: 0 },
    effects: [{ kind: 'open', stream }],
  };
}

function accepted(
  retry: BackOffRange,
  state: SenderState,
  input: SenderInput & { kind: 'accepted' },
): SenderStep {
  if (input.stream !== state.stream || state.phase !== 'opening') return unchanged(state);
  if (input.position !== undefined && input.position > input.last) {
    // Going on would make the peer drop new records as duplicates.
    const why = `the peer has records up to ${input.position}, this log ends at ${input.last}`;
    const { stream, chance } = input;
    const step = refused(retry, state, { kind: 'refused', stream, why, chance });
    return { ...step, effects: [{ kind: 'close', stream }, ...step.effects] };
  }
  const from = input.position ?? input.cursor;
  const delivered = input.position ?? state.delivered;
  const pending = state.refused?.what === 'batch' && from < input.last ? state.refused : undefined;
  const { refused: _over, ...rest } = state;
  return {
    state: {
      ...rest,
      phase: 'open',
      sent: from,
      delivered,
      windowBytes: Math.min(input.windowBytes, STREAM_WINDOW_BYTES),
      ...(pending === undefined ? {} : { refused: pending }),
    },
    effects: [
      ...(delivered > state.delivered ? [{ kind: 'delivered', upTo: delivered } as const] : []),
      { kind: 'pump' },
    ],
  };
}

function sent(state: SenderState, input: SenderInput & { kind: 'sent' }): SenderStep {
  return {
    state: {
      ...state,
      sent: input.upTo,
      inFlight: [...state.inFlight, { upTo: input.upTo, bytes: input.bytes }],
      inFlightBytes: state.inFlightBytes + input.bytes,
    },
    effects: [],
  };
}

function acknowledged(
  state: SenderState,
  input: SenderInput & { kind: 'acknowledged' },
): SenderStep {
  if (input.stream !== state.stream || state.phase !== 'open') return unchanged(state);
  if (input.upTo > state.sent) {
    const why = `acknowledged record ${input.upTo}, sent were ${state.sent}`;
    return { state, effects: [{ kind: 'violation', why }] };
  }
  if (input.upTo <= state.delivered) return unchanged(state);
  const inFlight = state.inFlight.filter((batch) => batch.upTo > input.upTo);
  const { refused: _over, ...rest } = state;
  return {
    state: {
      ...rest,
      delivered: input.upTo,
      inFlight,
      inFlightBytes: inFlight.reduce((sum, batch) => sum + batch.bytes, 0),
      failures: 0,
    },
    effects: [{ kind: 'delivered', upTo: input.upTo }, { kind: 'pump' }],
  };
}

function refused(
  retry: BackOffRange,
  state: SenderState,
  input: SenderInput & { kind: 'refused' },
): SenderStep {
  const live = state.phase === 'opening' || state.phase === 'open';
  if (input.stream !== state.stream || !live) return unchanged(state);
  const failures = state.failures + 1;
  const what = state.phase === 'opening' ? 'opening' : 'batch';
  return {
    state: {
      ...state,
      phase: 'refused',
      failures,
      refused: { why: input.why, what },
    },
    effects: [{ kind: 'retry-after', delayMs: backOffMs(retry, failures, input.chance) }],
  };
}

function unchanged(state: SenderState): SenderStep {
  return { state, effects: [] };
}
