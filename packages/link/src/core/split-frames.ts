import {
  type AnswerFrame,
  type BulkFrame,
  encodeBulk,
  parseBulk,
  type RequestFrame,
} from './bulk-frames.ts';
import { FrameError } from './fields.ts';
import { SPLIT_PAYLOAD_BYTES } from './limits.ts';

/**
 * A large question or answer goes out as two WebSocket messages: its head, which
 * is the frame with an empty payload behind a byte 0, and the payload as it is.
 * So nobody copies it between the plugin's memory and the socket.
 */
const SPLIT = 0;

/** The messages that carry a frame, in order. The payload itself is the last one when it is large. */
export function messagesOf(frame: BulkFrame): readonly Uint8Array[] {
  if (frame.kind !== 'request' && frame.kind !== 'answer') return [encodeBulk(frame)];
  if (frame.payload.byteLength < SPLIT_PAYLOAD_BYTES) return [encodeBulk(frame)];
  const bare = encodeBulk({ ...frame, payload: NOTHING });
  const head = new Uint8Array(1 + bare.byteLength);
  head[0] = SPLIT;
  head.set(bare, 1);
  return [head, frame.payload];
}

const NOTHING = new Uint8Array(0);

/** Puts frames together from the messages of one connection. */
export class FrameReader {
  readonly #largestPayload: number;
  #head: RequestFrame | AnswerFrame | undefined;

  constructor(largestPayload: number) {
    this.#largestPayload = largestPayload;
  }

  /**
   * Undefined after a head: the next message is its payload.
   *
   * @throws FrameError naming what is wrong
   */
  take(message: Uint8Array): BulkFrame | undefined {
    const head = this.#head;
    if (head !== undefined) {
      this.#head = undefined;
      if (message.byteLength > this.#largestPayload) throw new FrameError(`${head.kind} too large`);
      return { ...head, payload: message };
    }
    if (message[0] !== SPLIT) return parseBulk(message);
    const frame = parseBulk(message.subarray(1));
    if (frame.kind !== 'request' && frame.kind !== 'answer') {
      throw new FrameError(`a ${frame.kind} came as a head`);
    }
    if (frame.payload.byteLength > 0) throw new FrameError('a head with a payload of its own');
    this.#head = frame;
    return undefined;
  }
}
