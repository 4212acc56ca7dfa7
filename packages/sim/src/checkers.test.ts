import { expect, test } from 'vitest';
import { inOrder, judge, nothingLost, nothingTwice, oneHolder } from './checkers.ts';
import { History } from './history.ts';

type Line = readonly [kind: string, fields: Record<string, unknown>, at?: number];

function historyOf(...lines: readonly Line[]): History {
  let now = 0;
  const history = new History(() => now);
  for (const [kind, fields, at] of lines) {
    now = at ?? now;
    history.record(kind, fields);
  }
  return history;
}

const offered = (item: string): Line => ['item.offered', { item }];
const acknowledged = (item: string, place?: string): Line => [
  'item.acknowledged',
  place === undefined ? { item } : { item, place },
];
const applied = (item: string, place: string, more = {}): Line => [
  'item.applied',
  { item, place, ...more },
];

test('what was acknowledged has to be somewhere, as often as it was', () => {
  const good = [offered('x'), acknowledged('x'), applied('x', 'here')];
  expect(judge(historyOf(...good), [nothingLost()])).toEqual([]);
  expect(judge(historyOf(...good, acknowledged('x')), [nothingLost()])).toEqual([
    'lost: x was acknowledged 2 times and took effect 1',
  ]);
});

test('it has to be at every place that is named, or at the one it was acknowledged for', () => {
  const lines = [acknowledged('x'), applied('x', 'a'), acknowledged('y', 'b'), applied('y', 'b')];
  expect(judge(historyOf(...lines), [nothingLost({ places: ['a', 'b'] })])).toEqual([
    'lost: x was acknowledged once and took effect at b 0',
  ]);
});

test('what was offered once takes effect once at each place, what was not, never', () => {
  const good = [offered('x'), applied('x', 'a'), applied('x', 'b')];
  expect(judge(historyOf(...good), [nothingTwice()])).toEqual([]);
  const bad = [...good, applied('x', 'b'), applied('ghost', 'a')];
  expect(judge(historyOf(...bad), [nothingTwice()])).toEqual([
    'invented: ghost took effect at a and was never offered',
    'twice: x was offered once and took effect at b 2',
  ]);
  const counted = [offered('x'), offered('x'), applied('x', 'a', { times: 2 })];
  expect(judge(historyOf(...counted), [nothingTwice()])).toEqual([]);
});

test('items of one origin take effect in the order of their numbers, at each place', () => {
  const at = (number: number, origin: string) => applied(`i${number}`, 'p', { origin, number });
  expect(judge(historyOf(at(1, 'a'), at(1, 'b'), at(2, 'a')), [inOrder()])).toEqual([]);
  expect(judge(historyOf(at(2, 'a'), at(1, 'b'), at(1, 'a')), [inOrder()])).toEqual([
    'out of order: i1 of a took effect at p after 2',
  ]);
});

const taken = (host: string, at: number): Line => ['role.taken', { host, role: 'manager' }, at];
const left = (host: string, at: number): Line => ['role.left', { host, role: 'manager' }, at];
const crash = (host: string, at: number): Line => ['host.crash', { host }, at];

test('one host at a time holds a role; one that dies holds none', () => {
  const good = [taken('a', 0), left('a', 5), taken('b', 5), crash('b', 9), taken('a', 10)];
  expect(judge(historyOf(...good), [oneHolder('manager')])).toEqual([]);
  const bad = [taken('a', 0), taken('b', 4), left('a', 10)];
  expect(judge(historyOf(...bad), [oneHolder('manager')])).toEqual([
    'two holders: a and b held manager at once for 6 ms',
  ]);
  expect(judge(historyOf(...bad), [oneHolder('manager', { overlapMs: 6 })])).toEqual([]);
  expect(judge(historyOf(...bad), [oneHolder('other role')])).toEqual([]);
});

test('two that hold a role to the end are found too', () => {
  const lines: Line[] = [taken('a', 0), taken('b', 4), ['end', {}, 50]];
  expect(judge(historyOf(...lines), [oneHolder('manager')])).toHaveLength(1);
});

test('of many problems of one kind ten are named', () => {
  const lines = Array.from({ length: 15 }, (_, n) => acknowledged(`x${n}`));
  const found = judge(historyOf(...lines), [nothingLost(), inOrder()]);
  expect(found).toHaveLength(11);
  expect(found.at(-1)).toBe('and 5 more of this kind');
});
