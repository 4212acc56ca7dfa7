import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seal, unseal } from '../src/checksum.ts';
import {
  blockKey,
  checkText,
  endOfRange,
  KIND,
  memberKey,
  memberOfKey,
  nameKey,
  seqOfBlockKey,
} from '../src/keys.ts';

const seqs = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const names = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });

describe('keys', () => {
  it('of blocks are ordered as the numbers of their records', () => {
    const prefix = nameKey(KIND.block, 'box');
    fc.assert(
      fc.property(seqs, seqs, (one, other) => {
        const order = Buffer.compare(blockKey(prefix, one), blockKey(prefix, other));
        expect(order).toBe(Math.sign(one - other));
        expect(seqOfBlockKey(blockKey(prefix, one))).toBe(one);
      }),
    );
  });

  it('of a name lie within its range, and no others do', () => {
    fc.assert(
      fc.property(names, names, names, (name, otherName, member) => {
        const prefix = nameKey(KIND.entry, name);
        const isWithin = (key: Buffer) =>
          Buffer.compare(key, prefix) >= 0 && Buffer.compare(key, endOfRange(prefix)) < 0;
        const key = memberKey(prefix, member);
        expect(isWithin(key)).toBe(true);
        expect(memberOfKey(key, prefix)).toBe(member);
        expect(isWithin(memberKey(nameKey(KIND.mark, name), member))).toBe(false);
        const foreign = isWithin(memberKey(nameKey(KIND.entry, otherName), member));
        expect(foreign).toBe(otherName === name);
      }),
    );
  });

  it('are refused when they are too long or no text', () => {
    expect(() => checkText('ä'.repeat(5), 'a key', 10)).not.toThrow();
    expect(() => checkText('ä'.repeat(6), 'a key', 10)).toThrow('a key has 12 bytes');
    expect(() => checkText('\udc00', 'a key', 10)).toThrow('not well-formed');
    expect(() => checkText('\u{1f600}', 'a key', 10)).not.toThrow();
  });
});

describe('a sealed value', () => {
  it('opens with its key, and with no bit changed', () => {
    const payloads = fc.uint8Array({ maxLength: 100 });
    fc.assert(
      fc.property(payloads, fc.nat(), fc.integer({ min: 0, max: 7 }), (payload, at, bit) => {
        const key = nameKey(KIND.entry, 'a');
        const value = seal(key, payload);
        expect([...unseal(key, value, () => 'it')]).toEqual([...payload]);
        expect(() => unseal(nameKey(KIND.entry, 'b'), value, () => 'it')).toThrow('it is damaged');
        const index = at % value.length;
        value[index] = (value[index] ?? 0) ^ (1 << bit);
        expect(() => unseal(key, value, () => 'it')).toThrow('it is damaged');
      }),
    );
  });
});
