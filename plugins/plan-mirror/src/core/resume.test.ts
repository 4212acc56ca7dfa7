import { expect, it } from 'vitest';
import { type LogView, type Mirrored, whyCopy } from './resume.ts';

const log: LogView = { incarnation: 'a', last: 20 };
const status = { epoch: 1, syncid: 4, whole: true };
const lane = (seq: number, incarnation = 'a') => ({ lane: 0, incarnation, seq });
const mirrored = (...lanes: Mirrored['lanes']): Mirrored => ({ epoch: 1, syncid: 4, lanes });

it.each([
  ['nothing', undefined, log, 'first'],
  ['all it needs', mirrored(lane(10), lane(20)), log, undefined],
  ['an older epoch', { ...mirrored(lane(12), lane(12)), epoch: 0 }, log, 'switch'],
  ['another copy', { ...mirrored(lane(12), lane(12)), syncid: 3 }, log, 'other-plan'],
  ['other lanes', mirrored(lane(12)), log, 'lanes'],
  ['positions of another store', mirrored(lane(12), lane(12, 'b')), log, 'incarnation'],
  ['more than the log', mirrored(lane(12), lane(21)), log, 'ahead'],
] as const)('a database with %s', (_what, held, view, why) => {
  expect(whyCopy(held, status, view, 1)).toBe(why);
});

it('a copy is needed when something was not written to the log', () => {
  const held = mirrored(lane(12), lane(12));
  expect(whyCopy(held, { ...status, whole: false }, log, 1)).toBe('unread');
  expect(whyCopy(held, { ...status, whole: false, why: 'full' }, log, 1)).toBe('full');
});
