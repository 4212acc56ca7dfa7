import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Block, BlockBuilder } from '../src/block.ts';
import { blockKey, KIND, nameKey } from '../src/keys.ts';
import { BLOCK_BYTES } from '../src/limits.ts';

const PREFIX = nameKey(KIND.block, 'box');
const records = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 40 });
const firstSeqs = fc.integer({ min: 1, max: 2 ** 50 });

function build(list: readonly Uint8Array[], firstSeq: number, firstOffset = 0): BlockBuilder {
  const builder = new BlockBuilder(firstSeq, firstOffset, list[0]?.length ?? 0);
  for (const record of list) builder.append(record);
  return builder;
}

function read(block: Block, from = 0): { seq: number; bytes: number[] }[] {
  const found: { seq: number; bytes: number[] }[] = [];
  block.each(from, (seq, record) => found.push({ seq, bytes: [...record] }) > 0);
  return found;
}

describe('a block of records', () => {
  it('gives back what was appended, with numbers and offsets', () => {
    fc.assert(
      fc.property(records, firstSeqs, fc.nat(), (list, firstSeq, offset) => {
        const key = blockKey(PREFIX, firstSeq);
        const block = Block.open(firstSeq, key, build(list, firstSeq, offset).finish(key));
        expect(block).toBeDefined();
        if (block === undefined) return;
        expect(read(block)).toEqual(
          list.map((record, index) => ({ seq: firstSeq + index, bytes: [...record] })),
        );
        expect(block.lastSeq).toBe(firstSeq + list.length - 1);
        const total = list.reduce((sum, record) => sum + record.length, offset);
        expect(block.offsets().at(-1)).toBe(total);
        expect(block.offsets()[0]).toBe(offset);
      }),
    );
  });

  it('starts at any record', () => {
    const key = blockKey(PREFIX, 10);
    const value = build([Buffer.of(1), Buffer.of(2), Buffer.of(3)], 10).finish(key);
    const block = Block.open(10, key, value);
    expect(block && read(block, 11)).toEqual([
      { seq: 11, bytes: [2] },
      { seq: 12, bytes: [3] },
    ]);
  });

  it('is refused when any bit of it was changed, or when it stands under another key', () => {
    fc.assert(
      fc.property(records, fc.nat(), fc.integer({ min: 0, max: 7 }), (list, at, bit) => {
        const key = blockKey(PREFIX, 5);
        const value = Buffer.from(build(list, 5).finish(key));
        expect(Block.open(6, blockKey(PREFIX, 6), value)).toBeUndefined();
        const index = at % value.length;
        // Bytes 1 to 3 are reserved and not read.
        fc.pre(index === 0 || index > 3);
        value[index] = (value[index] ?? 0) ^ (1 << bit);
        expect(Block.open(5, key, value)).toBeUndefined();
      }),
    );
  });

  it('is refused when it was cut short', () => {
    const key = blockKey(PREFIX, 5);
    const value = build([Buffer.alloc(50, 7)], 5).finish(key);
    for (let length = 0; length < value.length; length += 1) {
      expect(Block.open(5, key, value.subarray(0, length))).toBeUndefined();
    }
  });

  it('goes back to where it was when a commit is taken back', () => {
    fc.assert(
      fc.property(records, records, records, (kept, taken, later) => {
        const builder = build(kept, 1);
        const mark = builder.mark();
        for (const record of taken) builder.append(record);
        builder.backTo(mark);
        for (const record of later) builder.append(record);
        const key = blockKey(PREFIX, 1);
        const block = Block.open(1, key, builder.finish(key));
        const expected = [...kept, ...later].map((record) => [...record]);
        expect(block && read(block).map(({ bytes }) => bytes)).toEqual(expected);
      }),
    );
  });

  it('takes records up to its size, and one of any size alone', () => {
    const half = Buffer.alloc(BLOCK_BYTES / 2);
    const builder = build([half], 1);
    expect(builder.fits(half.length)).toBe(false);
    expect(builder.fits(1000)).toBe(true);
    const large = Buffer.alloc(BLOCK_BYTES * 3, 1);
    const key = blockKey(PREFIX, 1);
    const block = Block.open(1, key, build([large], 1).finish(key));
    expect(block?.offsets().at(-1)).toBe(large.length);
  });
});
