import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ControlFrame, clipError, encodeControl, parseControl } from './control-frames.ts';
import { FrameError } from './fields.ts';
import { MAX_CONTROL_LENGTH } from './limits.ts';

const incarnation = '0123456789abcdef0123456789abcdef';
const error = { code: 'FT_X', message: 'm', meaning: 'n', action: 'o', params: { a: 1, b: 'c' } };
const hello = {
  type: 'hello',
  minVersion: 1,
  maxVersion: 1,
  lane: 'data',
  host: 'h1',
  plugin: 'p1',
  toHost: 'h2.example',
  toPlugin: 'p-2',
  incarnation,
  epoch: 3,
  attempt: 7,
} as const;

const frames: readonly ControlFrame[] = [
  hello,
  { type: 'welcome', version: 1, incarnation },
  { type: 'refusal', error },
  { type: 'ping', number: 0 },
  { type: 'pong', number: 5 },
  { type: 'open', stream: 1, channel: 'a.b-c', log: 'out' },
  { type: 'accepted', stream: 1, windowBytes: 10 },
  { type: 'accepted', stream: 1, position: 0, windowBytes: 10 },
  { type: 'ack', stream: 1, upTo: Number.MAX_SAFE_INTEGER },
  { type: 'refused', stream: 1, error },
  { type: 'close', stream: 1 },
  { type: 'cancel', id: 1 },
  { type: 'failure', id: 1, error },
];

describe('control frames', () => {
  test.each(frames.map((frame) => [frame.type, frame] as const))(
    '%s comes back as it was',
    (_, frame) => {
      expect(parseControl(encodeControl(frame))).toEqual(frame);
    },
  );

  test.each([
    ['not JSON', '{', /not JSON/],
    ['an array', '[]', /without a type/],
    ['no type', '{}', /without a type/],
    ['an unknown type', '{"type":"sing"}', /unknown type sing/],
    ['a name of the object prototype', '{"type":"constructor"}', /unknown type/],
    ['a missing field', '{"type":"ack","stream":1}', /ack: field upTo/],
    ['a wrong type', '{"type":"ack","stream":"1","upTo":1}', /ack: field stream/],
    ['a negative number', '{"type":"ack","stream":1,"upTo":-1}', /ack: field upTo/],
    ['a fraction', '{"type":"ping","number":0.5}', /ping: field number/],
    ['a number beyond 2^53', '{"type":"ping","number":9007199254740992}', /ping: field number/],
    ['an unknown field', '{"type":"ping","number":1,"more":1}', /ping: unknown field more/],
    ['a wrong name', JSON.stringify({ ...hello, host: 'No Host' }), /hello: field host/],
    ['a wrong lane', JSON.stringify({ ...hello, lane: 'fast' }), /hello: field lane/],
    ['an error without code', '{"type":"failure","id":1,"error":{}}', /failure.error: field code/],
    ['too long', `{"type":"ping","number":1${' '.repeat(MAX_CONTROL_LENGTH)}}`, /too long/],
  ])('%s is refused by name', (_, source, text) => {
    expect(() => parseControl(source)).toThrow(text);
    expect(() => parseControl(source)).toThrow(FrameError);
  });

  test('a hello of a later version may say more, so that it can be refused politely', () => {
    const later = JSON.stringify({ ...hello, minVersion: 7, maxVersion: 9, extra: true });
    expect(parseControl(later)).toMatchObject({ minVersion: 7, maxVersion: 9 });
  });

  test('no text makes the parser fail in another way than FrameError', () => {
    const type = fc.constantFrom(...frames.map((frame) => frame.type));
    const almost = fc
      .tuple(type, fc.dictionary(fc.string(), fc.jsonValue()))
      .map(([name, fields]) => JSON.stringify({ ...fields, type: name }));
    const mutated = fc
      .tuple(fc.constantFrom(...frames), fc.nat(), fc.string({ maxLength: 3 }))
      .map(([frame, at, text]) => {
        const source = encodeControl(frame);
        const cut = at % source.length;
        return source.slice(0, cut) + text + source.slice(cut + 1);
      });
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), almost, mutated), (source) => {
        try {
          parseControl(source);
        } catch (error) {
          expect(error).toBeInstanceOf(FrameError);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('whatever an error says, it is clipped to what a peer accepts', () => {
    const params = fc.dictionary(
      fc.string(),
      fc.oneof(fc.string({ maxLength: 2_000 }), fc.double()),
    );
    const text = fc.string({ maxLength: 5_000 });
    fc.assert(
      fc.property(text, text, text, params, (message, meaning, action, given) => {
        const shape = clipError({ code: 'FT_X', message, meaning, action, params: given });
        const source = encodeControl({ type: 'failure', id: 1, error: shape });
        expect(parseControl(source)).toMatchObject({ type: 'failure', id: 1 });
      }),
    );
  });
});
