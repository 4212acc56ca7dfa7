import { expect, test } from 'vitest';
import { SeededRandom } from './random.ts';

const draw = (random: SeededRandom, count: number) =>
  Array.from({ length: count }, () => random.float());

test('equal seeds give equal numbers, other seeds others', () => {
  expect(draw(new SeededRandom(7), 100)).toEqual(draw(new SeededRandom('7'), 100));
  expect(draw(new SeededRandom(7), 5)).not.toEqual(draw(new SeededRandom(8), 5));
});

test('the numbers are the same on every machine', () => {
  const random = new SeededRandom(1);
  expect([random.word(), random.word(), random.int(1000), random.id()]).toMatchInlineSnapshot(`
    [
      4249648571,
      1422898393,
      525,
      "d323bffeea3a78c49db62f3e5a73df16",
    ]
  `);
});

test('a fork depends on its label, not on what was drawn before', () => {
  const [early, late] = [new SeededRandom(3), new SeededRandom(3)];
  draw(late, 50);
  expect(draw(early.fork('disk'), 10)).toEqual(draw(late.fork('disk'), 10));
  expect(draw(early.fork('disk'), 10)).not.toEqual(draw(early.fork('net'), 10));
});

test('numbers are spread evenly over their range', () => {
  const random = new SeededRandom('even');
  const counts = new Array<number>(10).fill(0);
  for (let n = 0; n < 100_000; n += 1) {
    const value = random.int(10);
    counts[value] = (counts[value] ?? 0) + 1;
  }
  const numbers = draw(random, 100_000);
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.01);
  expect(Math.min(...counts)).toBeGreaterThan(9_000);
  expect(Math.max(...counts)).toBeLessThan(11_000);
});

test('pick, shuffle, bytes and id give what they say', () => {
  const random = new SeededRandom(5);
  expect(random.id()).toMatch(/^[0-9a-f]{32}$/);
  expect(random.bytes(20)).toHaveLength(20);
  expect([1, 2, 3]).toContain(random.pick([1, 2, 3]));
  expect(random.shuffle([1, 2, 3, 4]).sort()).toEqual([1, 2, 3, 4]);
  expect(() => random.pick([])).toThrow(RangeError);
});
