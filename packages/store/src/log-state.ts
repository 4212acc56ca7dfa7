import type { LogBounds } from '@ftctl/sdk';
import { storeErrors } from '@ftctl/sdk';

/**
 * What is known of a log beside its records. Offsets count the bytes of all
 * records ever appended, so the bytes held are the difference of two of them.
 */
export interface LogState {
  readonly topic: boolean;
  /** Oldest record held; `last + 1` when empty. */
  readonly first: number;
  readonly last: number;
  /** Offset of the first record held. */
  readonly firstOffset: number;
  /** Offset behind the last record. */
  readonly endOffset: number;
}

export const EMPTY_LOG: LogState = {
  topic: false,
  first: 1,
  last: 0,
  firstOffset: 0,
  endOffset: 0,
};

/**
 * The state after one more record. Written out, as its siblings: a spread costs
 * many times as much, and this runs for every record.
 */
export function grown(state: LogState, recordBytes: number): LogState {
  return {
    topic: state.topic,
    first: state.first,
    last: state.last + 1,
    firstOffset: state.firstOffset,
    endOffset: state.endOffset + recordBytes,
  };
}

/** The state without the records before `first`. */
export function trimmed(state: LogState, first: number, firstOffset: number): LogState {
  return {
    topic: state.topic,
    first,
    last: state.last,
    firstOffset,
    endOffset: state.endOffset,
  };
}

const STATE_BYTES = 33;

export function encodeLogState(state: LogState): Buffer {
  const payload = Buffer.allocUnsafe(STATE_BYTES);
  payload[0] = state.topic ? 1 : 0;
  payload.writeDoubleLE(state.first, 1);
  payload.writeDoubleLE(state.last, 9);
  payload.writeDoubleLE(state.firstOffset, 17);
  payload.writeDoubleLE(state.endOffset, 25);
  return payload;
}

/** @throws FtError FT_STORE_CORRUPT */
export function decodeLogState(payload: Buffer, log: string): LogState {
  if (payload.length !== STATE_BYTES) {
    throw storeErrors.CORRUPT({ what: `the state of log ${log}`, why: 'it has a wrong length' });
  }
  return {
    topic: payload[0] === 1,
    first: payload.readDoubleLE(1),
    last: payload.readDoubleLE(9),
    firstOffset: payload.readDoubleLE(17),
    endOffset: payload.readDoubleLE(25),
  };
}

export function boundsOf(state: LogState): LogBounds {
  return {
    first: state.first,
    last: state.last,
    bytes: state.endOffset - state.firstOffset,
  };
}
