import type { Seq } from '@ftctl/sdk';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter, varintLength } from './byte-writer.ts';
import { FrameError } from './fields.ts';
import {
  MAX_BATCH_RECORDS,
  MAX_BEAT_BYTES,
  MAX_CHANNEL_NAME,
  MAX_RECORD_BYTES,
  MAX_REQUEST_BYTES,
} from './limits.ts';
import { CHANNEL_NAME } from './names.ts';

/**
 * Frames that carry payload. The first byte tells the kind; numbers are
 * varints; a payload that ends the frame has no length of its own.
 *
 *   batch    1 stream prev first count (length record)*
 *   request  2 id length-of-name name question
 *   answer   3 id answer
 *   beat     4 length-of-name name value
 */
const BATCH = 1;
const REQUEST = 2;
const ANSWER = 3;
const BEAT = 4;

/** Consecutive records of a log. */
export interface BatchFrame {
  readonly kind: 'batch';
  readonly stream: number;
  /** Last record that was sent before these, or the position from which the stream began. */
  readonly prev: Seq;
  /** Number of the first record; larger than `prev + 1` when records between are no longer there. */
  readonly first: Seq;
  readonly records: readonly Uint8Array[];
}

export interface RequestFrame {
  readonly kind: 'request';
  readonly id: number;
  readonly channel: string;
  readonly payload: Uint8Array;
}

export interface AnswerFrame {
  readonly kind: 'answer';
  readonly id: number;
  readonly payload: Uint8Array;
}

export interface BeatFrame {
  readonly kind: 'beat';
  readonly channel: string;
  readonly payload: Uint8Array;
}

export type BulkFrame = BatchFrame | RequestFrame | AnswerFrame | BeatFrame;

export function encodeBulk(frame: BulkFrame): Uint8Array {
  switch (frame.kind) {
    case 'batch':
      return encodeBatch(frame);
    case 'request':
      return named(REQUEST, frame.id, frame.channel, frame.payload);
    case 'beat':
      return named(BEAT, undefined, frame.channel, frame.payload);
    case 'answer': {
      const out = new ByteWriter(1 + varintLength(frame.id) + frame.payload.byteLength);
      out.byte(ANSWER);
      out.varint(frame.id);
      out.append(frame.payload);
      return out.bytes;
    }
  }
}

function encodeBatch(frame: BatchFrame): Uint8Array {
  const numbers = [frame.stream, frame.prev, frame.first, frame.records.length];
  let size = 1;
  for (const value of numbers) size += varintLength(value);
  for (const record of frame.records) size += varintLength(record.byteLength) + record.byteLength;
  const out = new ByteWriter(size);
  out.byte(BATCH);
  for (const value of numbers) out.varint(value);
  for (const record of frame.records) {
    out.varint(record.byteLength);
    out.append(record);
  }
  return out.bytes;
}

function named(kind: number, id: number | undefined, name: string, payload: Uint8Array) {
  const idLength = id === undefined ? 0 : varintLength(id);
  const out = new ByteWriter(2 + idLength + name.length + payload.byteLength);
  out.byte(kind);
  if (id !== undefined) out.varint(id);
  out.byte(name.length);
  // Names of channels are plain ASCII.
  for (let at = 0; at < name.length; at += 1) out.byte(name.charCodeAt(at));
  out.append(payload);
  return out.bytes;
}

/** @throws FrameError naming what is wrong */
export function parseBulk(bytes: Uint8Array): BulkFrame {
  const input = new ByteReader(bytes);
  const kind = input.byte();
  switch (kind) {
    case BATCH:
      return parseBatch(input);
    case REQUEST: {
      const id = positive(input.varint(), 'request id');
      return { kind: 'request', id, channel: name(input), payload: payload(input, 'question') };
    }
    case ANSWER: {
      const id = positive(input.varint(), 'request id');
      return { kind: 'answer', id, payload: payload(input, 'answer') };
    }
    case BEAT: {
      const channel = name(input);
      if (input.left > MAX_BEAT_BYTES) throw new FrameError('beat too large');
      return { kind: 'beat', channel, payload: input.rest() };
    }
    default:
      throw new FrameError(`bulk frame of unknown kind ${kind}`);
  }
}

function parseBatch(input: ByteReader): BatchFrame {
  const stream = positive(input.varint(), 'stream number');
  const prev = input.varint();
  const first = input.varint();
  const count = input.varint();
  if (first <= prev) throw new FrameError('batch runs backwards');
  if (count < 1 || count > MAX_BATCH_RECORDS) throw new FrameError('batch with too many records');
  if (!Number.isSafeInteger(first + count)) throw new FrameError('number too large');
  const records: Uint8Array[] = [];
  for (let n = 0; n < count; n += 1) {
    const length = input.varint();
    if (length > MAX_RECORD_BYTES) throw new FrameError('record too large');
    records.push(input.take(length));
  }
  if (input.left > 0) throw new FrameError('bytes after the last record');
  return { kind: 'batch', stream, prev, first, records };
}

function payload(input: ByteReader, what: string): Uint8Array {
  if (input.left > MAX_REQUEST_BYTES) throw new FrameError(`${what} too large`);
  return input.rest();
}

function name(input: ByteReader): string {
  const length = input.byte();
  if (length > MAX_CHANNEL_NAME) throw new FrameError('channel name too long');
  const text = String.fromCharCode(...input.take(length));
  if (!CHANNEL_NAME.test(text)) throw new FrameError('not a channel name');
  return text;
}

function positive(value: number, what: string): number {
  if (value < 1) throw new FrameError(`${what} is 0`);
  return value;
}

/** Bytes of records in a batch: what counts against the window, the same on both sides. */
export function recordBytes(records: readonly Uint8Array[]): number {
  let sum = 0;
  for (const record of records) sum += record.byteLength;
  return sum;
}
