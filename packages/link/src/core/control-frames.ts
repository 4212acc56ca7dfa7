import type { ErrorShape } from '@ftctl/sdk';
import { Fields, FrameError, isRecord } from './fields.ts';
import {
  MAX_CONTROL_LENGTH,
  MAX_ERROR_PARAM_TEXT,
  MAX_ERROR_PARAMS,
  MAX_ERROR_TEXT,
} from './limits.ts';
import { CHANNEL_NAME, ERROR_CODE, HOST_NAME, INCARNATION, LOG_NAME, PLUGIN_ID } from './names.ts';

/** Which of the two connections to a peer this is: `data` for requests and streams, `beat` for beats. */
export type LaneName = 'data' | 'beat';

/** First frame of the side that dialed: who it is and whom it wants. */
export interface Hello {
  readonly type: 'hello';
  readonly minVersion: number;
  readonly maxVersion: number;
  readonly lane: LaneName;
  readonly host: string;
  readonly plugin: string;
  readonly toHost: string;
  readonly toPlugin: string;
  readonly incarnation: string;
  /** Counts the starts of the sender's link on this store. */
  readonly epoch: number;
  /** Counts the connections since that start. */
  readonly attempt: number;
}

/** Answer to a hello that is accepted. */
export interface Welcome {
  readonly type: 'welcome';
  readonly version: number;
  readonly incarnation: string;
}

/** Answer to a hello that is not accepted; the connection ends after it. */
export interface Refusal {
  readonly type: 'refusal';
  readonly error: ErrorShape;
}

/** The side that dialed asks for a sign of life, the other gives it. */
export interface Ping {
  readonly type: 'ping' | 'pong';
  readonly number: number;
}

/** The sender wants to ship a log. `stream` is new for each opening on a connection, counting up. */
export interface StreamOpen {
  readonly type: 'open';
  readonly stream: number;
  readonly channel: string;
  readonly log: string;
}

/** The receiver takes the stream, and says what it has on disk (absent: nothing of this log). */
export interface StreamAccepted {
  readonly type: 'accepted';
  readonly stream: number;
  readonly position?: number;
  readonly windowBytes: number;
}

/** Everything up to `upTo` is on the receiver's disk. */
export interface StreamAck {
  readonly type: 'ack';
  readonly stream: number;
  readonly upTo: number;
}

/** The receiver takes nothing more of this opening. */
export interface StreamRefused {
  readonly type: 'refused';
  readonly stream: number;
  readonly error: ErrorShape;
}

/** The sender ends this opening. */
export interface StreamClose {
  readonly type: 'close';
  readonly stream: number;
}

/** The asker waits no longer for this answer. */
export interface Cancel {
  readonly type: 'cancel';
  readonly id: number;
}

/** The answer to a question is an error. */
export interface Failure {
  readonly type: 'failure';
  readonly id: number;
  readonly error: ErrorShape;
}

export type ControlFrame =
  | Hello
  | Welcome
  | Refusal
  | Ping
  | StreamOpen
  | StreamAccepted
  | StreamAck
  | StreamRefused
  | StreamClose
  | Cancel
  | Failure;

export function encodeControl(frame: ControlFrame): string {
  return JSON.stringify(frame);
}

/** @throws FrameError naming what is wrong */
export function parseControl(source: string): ControlFrame {
  if (source.length > MAX_CONTROL_LENGTH) throw new FrameError('control frame too long');
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (cause) {
    throw new FrameError('control frame is not JSON', { cause });
  }
  if (!isRecord(value) || typeof value.type !== 'string') {
    throw new FrameError('control frame without a type');
  }
  const parse = Object.hasOwn(PARSERS, value.type) ? PARSERS[value.type] : undefined;
  if (parse === undefined) {
    throw new FrameError(`control frame of unknown type ${value.type.slice(0, 32)}`);
  }
  const fields = new Fields(value.type, value);
  const frame = parse(fields);
  // A hello of a later version may say more; it must stay readable to be refused politely.
  if (frame.type !== 'hello') fields.done();
  return frame;
}

const PARSERS: Readonly<Record<string, (fields: Fields) => ControlFrame>> = {
  hello: (fields) => ({
    type: 'hello',
    minVersion: fields.int('minVersion', 1),
    maxVersion: fields.int('maxVersion', 1),
    lane: fields.text('lane', /^(data|beat)$/) as LaneName,
    host: fields.text('host', HOST_NAME),
    plugin: fields.text('plugin', PLUGIN_ID),
    toHost: fields.text('toHost', HOST_NAME),
    toPlugin: fields.text('toPlugin', PLUGIN_ID),
    incarnation: fields.text('incarnation', INCARNATION),
    epoch: fields.int('epoch', 0),
    attempt: fields.int('attempt', 0),
  }),
  welcome: (fields) => ({
    type: 'welcome',
    version: fields.int('version', 1),
    incarnation: fields.text('incarnation', INCARNATION),
  }),
  refusal: (fields) => ({ type: 'refusal', error: error(fields) }),
  ping: (fields) => ({ type: 'ping', number: fields.int('number', 0) }),
  pong: (fields) => ({ type: 'pong', number: fields.int('number', 0) }),
  open: (fields) => ({
    type: 'open',
    stream: fields.int('stream', 1),
    channel: fields.text('channel', CHANNEL_NAME),
    log: fields.text('log', LOG_NAME),
  }),
  accepted: (fields) => {
    const position = fields.optionalInt('position', 0);
    return {
      type: 'accepted',
      stream: fields.int('stream', 1),
      windowBytes: fields.int('windowBytes', 1),
      ...(position === undefined ? {} : { position }),
    };
  },
  ack: (fields) => ({
    type: 'ack',
    stream: fields.int('stream', 1),
    upTo: fields.int('upTo', 0),
  }),
  refused: (fields) => ({
    type: 'refused',
    stream: fields.int('stream', 1),
    error: error(fields),
  }),
  close: (fields) => ({ type: 'close', stream: fields.int('stream', 1) }),
  cancel: (fields) => ({ type: 'cancel', id: fields.int('id', 1) }),
  failure: (fields) => ({ type: 'failure', id: fields.int('id', 1), error: error(fields) }),
};

function error(outer: Fields): ErrorShape {
  const fields = outer.object('error');
  const shape = {
    code: fields.text('code', ERROR_CODE),
    message: fields.shortText('message', MAX_ERROR_TEXT),
    meaning: fields.shortText('meaning', MAX_ERROR_TEXT),
    action: fields.shortText('action', MAX_ERROR_TEXT),
    params: fields.params('params', MAX_ERROR_PARAMS, MAX_ERROR_PARAM_TEXT),
  };
  fields.done();
  return shape;
}

/** The same error, short enough to cross the link. */
export function clipError(shape: ErrorShape): ErrorShape {
  const params: Record<string, string | number> = {};
  for (const [key, value] of Object.entries(shape.params).slice(0, MAX_ERROR_PARAMS)) {
    const usable = typeof value === 'string' || Number.isFinite(value);
    if (!/^[a-zA-Z]{1,64}$/.test(key) || !usable) continue;
    params[key] = typeof value === 'string' ? value.slice(0, MAX_ERROR_PARAM_TEXT) : value;
  }
  return {
    code: shape.code,
    message: shape.message.slice(0, MAX_ERROR_TEXT),
    meaning: shape.meaning.slice(0, MAX_ERROR_TEXT),
    action: shape.action.slice(0, MAX_ERROR_TEXT),
    params,
  };
}
