import type { ErrorShape, Seq } from '@ftctl/sdk';
import { MAX_BATCHES_IN_FLIGHT } from './limits.ts';

/**
 * The receiving side of one opening of a stream: hands batches on in their
 * order and acknowledges what is on disk. After a refusal it takes nothing more:
 * the sender opens anew and is told the position again.
 */
export interface ReceiverState {
  readonly phase: 'open' | 'refused';
  /** Last record of the last batch that came in; undefined before the first of a new stream. */
  readonly received: Seq | undefined;
  readonly windowBytes: number;
  /** Batches handed on and not yet on disk. */
  readonly waiting: readonly WaitingBatch[];
  readonly waitingBytes: number;
}

interface WaitingBatch {
  readonly upTo: Seq;
  readonly bytes: number;
}

export type ReceiverInput =
  | {
      readonly kind: 'batch';
      readonly prev: Seq;
      readonly upTo: Seq;
      readonly bytes: number;
    }
  /** The commit of the oldest waiting batch is on disk. */
  | { readonly kind: 'committed' }
  | { readonly kind: 'failed'; readonly error: ErrorShape };

export type ReceiverEffect =
  | { readonly kind: 'apply' }
  | { readonly kind: 'acknowledge'; readonly upTo: Seq }
  | { readonly kind: 'refuse'; readonly error: ErrorShape }
  /** The sender did what no correct sender does: cut it off. */
  | { readonly kind: 'violation'; readonly why: string };

export interface ReceiverStep {
  readonly state: ReceiverState;
  readonly effects: readonly ReceiverEffect[];
}

export function startReceiver(position: Seq | undefined, windowBytes: number): ReceiverState {
  return { phase: 'open', received: position, windowBytes, waiting: [], waitingBytes: 0 };
}

export function receiverStep(state: ReceiverState, input: ReceiverInput): ReceiverStep {
  if (state.phase === 'refused') return { state, effects: [] };
  switch (input.kind) {
    case 'batch':
      return takeBatch(state, input);
    case 'committed':
      return committed(state);
    case 'failed':
      return {
        state: { ...state, phase: 'refused', waiting: [], waitingBytes: 0 },
        effects: [{ kind: 'refuse', error: input.error }],
      };
  }
}

function takeBatch(state: ReceiverState, input: ReceiverInput & { kind: 'batch' }): ReceiverStep {
  const why = reasonAgainst(state, input);
  if (why !== undefined) return { state, effects: [{ kind: 'violation', why }] };
  return {
    state: {
      ...state,
      received: input.upTo,
      waiting: [...state.waiting, { upTo: input.upTo, bytes: input.bytes }],
      waitingBytes: state.waitingBytes + input.bytes,
    },
    effects: [{ kind: 'apply' }],
  };
}

function reasonAgainst(
  state: ReceiverState,
  input: ReceiverInput & { kind: 'batch' },
): string | undefined {
  if (state.received !== undefined && input.prev !== state.received) {
    return `batch after record ${input.prev}, expected one after ${state.received}`;
  }
  if (state.waiting.length >= MAX_BATCHES_IN_FLIGHT) return 'more batches than allowed in flight';
  const beyond = state.waitingBytes + input.bytes > state.windowBytes;
  // A record larger than the window may come, alone.
  if (beyond && state.waiting.length > 0) return 'more bytes in flight than the window allows';
  return undefined;
}

function committed(state: ReceiverState): ReceiverStep {
  const [done, ...waiting] = state.waiting;
  if (done === undefined) return { state, effects: [] };
  return {
    state: { ...state, waiting, waitingBytes: state.waitingBytes - done.bytes },
    effects: [{ kind: 'acknowledge', upTo: done.upTo }],
  };
}

/** What is stored of a stream: whose log it was, and how far it has been applied. */
export interface Position {
  readonly incarnation: string;
  readonly seq: Seq;
}

export type Admitted =
  /** The last `take` records are new; `gap` when some before them are missing. */
  | { readonly kind: 'new'; readonly take: number; readonly gap: boolean }
  | { readonly kind: 'duplicate' }
  /** An earlier batch was not applied, so this one cannot be. */
  | { readonly kind: 'out-of-order' };

/**
 * Decides inside the commit, where earlier batches are visible, what of a batch
 * is to be applied. A connection that broke may have left batches that are
 * applied but were not on disk when the position was told.
 */
export function admitBatch(
  stored: Position | undefined,
  incarnation: string,
  batch: { readonly prev: Seq; readonly first: Seq; readonly count: number },
  firstOfOpening: boolean,
): Admitted {
  const position = stored?.incarnation === incarnation ? stored.seq : undefined;
  const last = batch.first + batch.count - 1;
  if (position === undefined) {
    // Without a position the sender begins where it likes, but only its first batch may.
    if (!firstOfOpening) return { kind: 'out-of-order' };
    return { kind: 'new', take: batch.count, gap: batch.first > 1 };
  }
  if (last <= position) return { kind: 'duplicate' };
  if (batch.prev > position) return { kind: 'out-of-order' };
  return {
    kind: 'new',
    take: Math.min(batch.count, last - position),
    gap: batch.first > position + 1,
  };
}
