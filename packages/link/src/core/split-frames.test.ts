import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BulkFrame, encodeBulk } from './bulk-frames.ts';
import { FrameError } from './fields.ts';
import { SPLIT_PAYLOAD_BYTES } from './limits.ts';
import { FrameReader, messagesOf } from './split-frames.ts';

const LARGEST = 2 * SPLIT_PAYLOAD_BYTES;
const size = fc.constantFrom(0, 1, SPLIT_PAYLOAD_BYTES - 1, SPLIT_PAYLOAD_BYTES, LARGEST);
const payload = size.map((bytes) => new Uint8Array(bytes).fill(7));
const id = fc.integer({ min: 1, max: 1_000_000 });
const frame: fc.Arbitrary<BulkFrame> = fc.oneof(
  fc.record({ kind: fc.constant('request' as const), id, channel: fc.constant('c'), payload }),
  fc.record({ kind: fc.constant('answer' as const), id, payload }),
);

const small: fc.Arbitrary<BulkFrame> = fc.record({
  kind: fc.constant('answer' as const),
  id,
  payload: fc.uint8Array({ maxLength: 20 }),
});

function readAll(messages: readonly Uint8Array[]): BulkFrame[] {
  const reader = new FrameReader(LARGEST);
  return messages.flatMap((message) => reader.take(message) ?? []);
}

/** Large payloads by their digest, which is quicker to compare. */
function shown(frame: BulkFrame): object {
  if (!('payload' in frame)) return frame;
  return { ...frame, payload: createHash('sha256').update(frame.payload).digest('hex') };
}

describe('large frames in two messages', () => {
  test('come back as they were, whatever goes before and after', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 5 }), (frames) => {
        expect(readAll(frames.flatMap(messagesOf)).map(shown)).toEqual(frames.map(shown));
      }),
      { numRuns: 50 },
    );
  });

  test('the payload is handed to the socket as it is', () => {
    const large = new Uint8Array(SPLIT_PAYLOAD_BYTES);
    expect(messagesOf({ kind: 'answer', id: 1, payload: large })[1]).toBe(large);
  });

  test.each([
    ['a batch as a head', Uint8Array.of(0, 1, 1, 0, 1, 1, 0), /batch came as a head/],
    ['a beat as a head', Uint8Array.of(0, 4, 1, 97), /beat came as a head/],
    ['a head with a payload', Uint8Array.of(0, 3, 1, 9), /payload of its own/],
    ['a head of a head', Uint8Array.of(0, 0, 3, 1), /unknown kind 0/],
    ['nothing after the mark', Uint8Array.of(0), /ends too early/],
  ])('%s is refused', (_, message, why) => {
    expect(() => new FrameReader(LARGEST).take(message)).toThrow(why);
  });

  test('a payload that is too large is refused', () => {
    const reader = new FrameReader(LARGEST);
    reader.take(Uint8Array.of(0, 3, 1));
    expect(() => reader.take(new Uint8Array(LARGEST + 1))).toThrow('answer too large');
  });

  test('no messages make the reader fail in another way than FrameError', () => {
    const message = fc.oneof(fc.uint8Array({ maxLength: 40 }), small.map(encodeBulk));
    const marked = fc.tuple(fc.boolean(), message).map(([mark, rest]) => {
      return mark ? Uint8Array.of(0, ...rest.subarray(0, 30)) : rest;
    });
    fc.assert(
      fc.property(fc.array(marked, { maxLength: 6 }), (messages) => {
        try {
          readAll(messages);
        } catch (error) {
          expect(error).toBeInstanceOf(FrameError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
