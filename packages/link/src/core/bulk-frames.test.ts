import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BulkFrame, encodeBulk, parseBulk } from './bulk-frames.ts';
import { FrameError } from './fields.ts';
import { MAX_BATCH_RECORDS, MAX_BEAT_BYTES, MAX_REQUEST_BYTES } from './limits.ts';

const number = fc.oneof(fc.nat(300), fc.maxSafeNat());
const positive = number.map((value) => Math.max(1, value));
const payload = fc.uint8Array({ maxLength: 300 });
const channel = fc.stringMatching(/^[a-z0-9.-]{1,64}$/);

const batch = fc
  .record({
    stream: positive,
    prev: fc.maxSafeNat().map((value) => Math.floor(value / 2)),
    skipped: fc.nat(1_000),
    records: fc.array(payload, { minLength: 1, maxLength: 20 }),
  })
  .map(({ skipped, ...rest }) => ({
    ...rest,
    kind: 'batch' as const,
    first: rest.prev + 1 + skipped,
  }));

const frame: fc.Arbitrary<BulkFrame> = fc.oneof(
  batch,
  fc.record({ kind: fc.constant('request' as const), id: positive, channel, payload }),
  fc.record({ kind: fc.constant('answer' as const), id: positive, payload }),
  fc.record({ kind: fc.constant('beat' as const), channel, payload }),
);

describe('bulk frames', () => {
  test('each comes back as it was', () => {
    fc.assert(
      fc.property(frame, (sent) => {
        expect(parseBulk(encodeBulk(sent))).toEqual(sent);
      }),
      { numRuns: 1_000 },
    );
  });

  test('no bytes make the parser fail in another way than FrameError', () => {
    const garbage = fc
      .tuple(fc.nat(6), fc.uint8Array({ maxLength: 100 }))
      .map(([kind, rest]) => Uint8Array.of(kind, ...rest));
    fc.assert(
      fc.property(garbage, (bytes) => {
        try {
          parseBulk(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(FrameError);
        }
      }),
      { numRuns: 5_000 },
    );
  });

  test('a batch cut short anywhere is refused', () => {
    fc.assert(
      fc.property(batch, fc.nat(), (sent, at) => {
        const bytes = encodeBulk(sent);
        expect(() => parseBulk(bytes.subarray(0, at % bytes.length))).toThrow(FrameError);
      }),
    );
  });

  test.each([
    ['an empty frame', Uint8Array.of(), /ends too early/],
    ['an unknown kind', Uint8Array.of(9), /unknown kind 9/],
    ['a batch without records', Uint8Array.of(1, 1, 0, 1, 0), /records/],
    ['a batch that runs backwards', Uint8Array.of(1, 1, 5, 5, 1, 0), /backwards/],
    ['a batch of stream 0', Uint8Array.of(1, 0, 0, 1, 1, 0), /stream number/],
    ['bytes after a batch', Uint8Array.of(1, 1, 0, 1, 1, 0, 7), /after the last record/],
    ['an endless number', Uint8Array.of(1, ...new Array(12).fill(255)), /too large/],
    ['a bad channel name', Uint8Array.of(4, 1, 65), /channel name/],
    ['a request with id 0', Uint8Array.of(2, 0, 1, 97), /request id/],
  ])('%s is refused', (_, bytes, text) => {
    expect(() => parseBulk(bytes)).toThrow(text);
  });

  test('limits hold at the byte', () => {
    const beat = (size: number) =>
      parseBulk(encodeBulk({ kind: 'beat', channel: 'c', payload: new Uint8Array(size) }));
    expect(beat(MAX_BEAT_BYTES).kind).toBe('beat');
    expect(() => beat(MAX_BEAT_BYTES + 1)).toThrow(/too large/);
    const answer = (size: number) =>
      parseBulk(encodeBulk({ kind: 'answer', id: 1, payload: new Uint8Array(size) }));
    expect(answer(MAX_REQUEST_BYTES).kind).toBe('answer');
    expect(() => answer(MAX_REQUEST_BYTES + 1)).toThrow(/too large/);
    const records = (count: number) => Array.from({ length: count }, () => new Uint8Array(0));
    const many = (count: number) =>
      parseBulk(
        encodeBulk({ kind: 'batch', stream: 1, prev: 0, first: 1, records: records(count) }),
      );
    expect(many(MAX_BATCH_RECORDS).kind).toBe('batch');
    expect(() => many(MAX_BATCH_RECORDS + 1)).toThrow(/too many/);
  });
});
