import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFramer, MAX_MESSAGE_BYTES } from './framing.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const texts = (messages: readonly Uint8Array[]) =>
  messages.map((message) => new TextDecoder().decode(message));

function read(stream: Uint8Array, cuts: readonly number[] = []): string[] {
  const framer = createFramer();
  const borders = [...new Set(cuts.map((cut) => cut % (stream.length + 1)))].sort((a, b) => a - b);
  const messages: Uint8Array[] = [];
  let start = 0;
  for (const border of [...borders, stream.length]) {
    messages.push(...framer.push(stream.subarray(start, border)));
    start = border;
  }
  return texts([...messages, ...framer.end()]);
}

describe('createFramer', () => {
  it('reads lines, counted frames and both on one connection', () => {
    expect(read(bytes('<13>one\n<13>two\n'))).toEqual(['<13>one', '<13>two']);
    expect(read(bytes('7 <13>one9 <13>t\nwo!'))).toEqual(['<13>one', '<13>t\nwo!']);
    expect(read(bytes('7 <13>one<13>line\n8 <13>more'))).toEqual([
      '<13>one',
      '<13>line',
      '<13>more',
    ]);
  });

  it('takes a line that begins with digits for a line', () => {
    expect(read(bytes('12monkeys\n2026-11-21 x\n'))).toEqual(['12monkeys', '2026-11-21 x']);
  });

  it('keeps an unfinished line at the end and drops an unfinished counted frame', () => {
    expect(read(bytes('<13>last'))).toEqual(['<13>last']);
    expect(read(bytes('100 <13>cut'))).toEqual([]);
  });

  it('cuts what is too long and goes on after it', () => {
    const long = 'x'.repeat(MAX_MESSAGE_BYTES + 100);
    expect(read(bytes(`${long}\nnext\n`))).toEqual(['x'.repeat(MAX_MESSAGE_BYTES), 'next']);
    expect(read(bytes(`${long.length} ${long}4 next`))).toEqual([
      'x'.repeat(MAX_MESSAGE_BYTES),
      'next',
    ]);
  });

  it('gives the same messages however the stream is cut', () => {
    const message = fc.stringMatching(/^<[0-9]{1,3}>[a-z \n0-9]{0,40}$/);
    fc.assert(
      fc.property(fc.array(message), fc.array(fc.nat()), (messages, cuts) => {
        const stream = bytes(messages.map((text) => `${bytes(text).length} ${text}`).join(''));
        expect(read(stream, cuts)).toEqual(messages);
      }),
    );
  });

  it('survives any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), fc.array(fc.nat()), (stream, cuts) => {
        expect(read(stream, cuts)).toEqual(read(stream));
      }),
    );
  });
});
