import { expect, it } from 'vitest';
import { Milestones } from './milestones.ts';

it('tells the marks of a reader from how far it has taken the log', () => {
  const milestones = new Milestones();
  milestones.note(1, 'R', 'A/1.x', 7);
  milestones.note(2, 'R', 'B/1.x', 3);
  milestones.close();
  milestones.note(3, 'R', 'A/1.x', 9);
  milestones.close();
  expect([...milestones.passed(1)]).toEqual([]);
  expect([...milestones.passed(2)]).toEqual([
    ['A/1.x', 7],
    ['B/1.x', 3],
  ]);
  expect([...milestones.passed(5)]).toEqual([['A/1.x', 9]]);
});

it('is settled where every target has what it wants', () => {
  const milestones = new Milestones();
  milestones.note(4, 'R', 'A/1.x', 7);
  milestones.note(4, 'S', 'A/1.x', 7);
  milestones.close();
  milestones.note(6, 'S', 'A/1.x', 9);
  milestones.close();
  const marks = new Map([
    ['R', 7],
    ['S', 6],
  ]);
  const has = (target: string) => marks.get(target) ?? 0;
  expect(milestones.settled(has)).toBeUndefined();
  marks.set('S', 8);
  expect(milestones.settled(has)).toBe(4);
  marks.set('S', 9);
  expect(milestones.settled(has)).toBe(6);
});

it('joins milestones of a reader that does not move, and forgets no need', () => {
  const milestones = new Milestones();
  for (let id = 1; id <= 500; id += 1) {
    milestones.note(id, id % 2 === 0 ? 'R' : 'S', 'A/1.x', id);
    milestones.close();
  }
  expect(milestones.settled((target) => (target === 'R' ? 1_000 : 498))).toBeLessThanOrEqual(498);
  expect(milestones.settled(() => 1_000)).toBe(500);
});

it('tells how far one target is, also far behind another', () => {
  const milestones = new Milestones();
  for (let id = 1; id <= 500; id += 1) {
    milestones.note(2 * id, 'R', 'A/1.x', id);
    milestones.note(2 * id, 'S', 'A/1.x', id);
    milestones.close();
  }
  expect(milestones.reachedBy('R', () => 0)).toBeUndefined();
  expect(milestones.reachedBy('R', () => 490)).toBeLessThanOrEqual(980);
  expect(milestones.reachedBy('R', () => 490)).toBeGreaterThan(900);
  expect(milestones.reachedBy('R', () => 500)).toBe(1_000);
  const has = (target: string) => (target === 'R' ? 490 : 0);
  expect(milestones.settled(has)).toBeUndefined();
});
