import { createPublicKey } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyFromSeed, keyHash } from '../src/keys.ts';
import { decodeToken, encodeToken, isAddress, type JoinToken, newSeed } from '../src/token.ts';

const TOKEN: JoinToken = {
  host: 'paris-1',
  caHost: 'london',
  address: '[2001:db8::1]:4199',
  fingerprint: 'ab'.repeat(32),
  seed: newSeed(),
};

describe('a token', () => {
  test('comes back as it was', () => {
    const text = encodeToken(TOKEN);
    expect(text).toMatch(/^ftj1_[A-Za-z0-9_-]+$/);
    expect(decodeToken(text)).toEqual(TOKEN);
  });

  test.each([
    ['nothing', ''],
    ['another word', 'eyJhbGciOi'],
    ['a word that only begins so', 'ftj1_'],
    ['not base64', 'ftj1_a b'],
    ['other JSON', `ftj1_${Buffer.from('{"host":"a"}').toString('base64url')}`],
    ['a list of numbers', `ftj1_${Buffer.from('[1,2,3,4,5]').toString('base64url')}`],
    ['a host that is none', encodeToken({ ...TOKEN, host: 'Not A Host' })],
    ['an address without port', encodeToken({ ...TOKEN, address: '192.0.2.1' })],
    ['a short seed', encodeToken({ ...TOKEN, seed: Buffer.alloc(31) })],
    ['far too long a one', `ftj1_${'A'.repeat(5_000)}`],
  ])('that is %s is refused', (_, text) => {
    expect(() => decodeToken(text)).toThrow(/this is not a token/);
  });

  test('cut short anywhere is refused', () => {
    const text = encodeToken(TOKEN);
    for (let length = 0; length < text.length; length += 1) {
      expect(() => decodeToken(text.slice(0, length))).toThrow(/this is not a token/);
    }
  });

  test('of any text is read or refused, and nothing else', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => decodeToken(`ftj1_${text}`)).toThrow(/this is not a token/);
      }),
    );
  });

  test('stands for one key, that another seed does not give', () => {
    const hash = (seed: Buffer) => keyHash(createPublicKey(keyFromSeed(seed)));
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const seed = Buffer.from(bytes);
        const other = Buffer.from(bytes);
        other[0] = (other[0] ?? 0) ^ 1;
        expect(hash(seed)).toBe(hash(Buffer.from(seed)));
        expect(hash(seed)).not.toBe(hash(other));
      }),
      { numRuns: 50 },
    );
  });
});

test.each([
  ['192.0.2.1:1', true],
  ['ca.example.org:65535', true],
  ['[::1]:4199', true],
  ['::1:4199', false],
  ['192.0.2.1:0', false],
  ['192.0.2.1:65536', false],
  ['192.0.2.1', false],
  ['a b:1', false],
])('%s as an address of the CA: %s', (text, expected) => {
  expect(isAddress(text)).toBe(expected);
});
