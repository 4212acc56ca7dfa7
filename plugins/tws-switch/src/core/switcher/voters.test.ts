import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  changeVoters,
  configuredVoters,
  isMajority,
  isNewerList,
  majorityValue,
  settleVoters,
  type VoterList,
} from './voters.ts';

const three = configuredVoters(['A', 'B', 'C']);

function changed(list: VoterList, change: Parameters<typeof changeVoters>[1], era = 1): VoterList {
  const next = changeVoters(list, change, era, true);
  if (typeof next === 'string') throw new Error(next);
  return next;
}

describe('a list of voters', () => {
  it('is changed by one, then made effective, each time newer', () => {
    const pending = changed(three, { add: 'D' });
    expect(pending).toMatchObject({ names: ['A', 'B', 'C', 'D'], previous: ['A', 'B', 'C'] });
    const settled = settleVoters(pending, 1);
    expect(settled.previous).toBeUndefined();
    expect(isNewerList(pending, three)).toBe(true);
    expect(isNewerList(settled, pending)).toBe(true);
    expect(isNewerList(changed(three, { add: 'E' }, 2), settled)).toBe(true);
  });

  it('needs a majority of both lists while it changes', () => {
    const pending = changed(configuredVoters(['A', 'B', 'C', 'D']), { remove: 'D' });
    const has = (names: string) => isMajority(pending, (name) => names.includes(name));
    expect(has('AB')).toBe(false);
    expect(has('ABD')).toBe(true);
    expect(has('ABC')).toBe(true);
    expect(has('CD')).toBe(false);
  });

  it('says why it may not be changed', () => {
    expect(changeVoters(three, { remove: 'C' }, 1, true)).toBe('too-few');
    expect(changeVoters(three, { remove: 'C' }, 1, false)).toMatchObject({ names: ['A', 'B'] });
    expect(changeVoters(three, { remove: 'X' }, 1, false)).toBe('no-voter');
    expect(changeVoters(three, { add: 'A' }, 1, false)).toBe('is-voter');
    expect(changeVoters(changed(three, { add: 'D' }), { add: 'E' }, 1, true)).toBe(
      'change-pending',
    );
    const nine = configuredVoters([...'ABCDEFGHI']);
    expect(changeVoters(nine, { add: 'J' }, 1, true)).toBe('too-many');
  });

  it('has majorities that meet, before, during and after a change', () => {
    const names = [...'ABCDEFG'];
    const set = fc.subarray(names);
    fc.assert(
      fc.property(
        fc.subarray(names, { minLength: 3 }),
        fc.constantFrom(...names),
        set,
        set,
        (list, one, p, q) => {
          const before = configuredVoters(list);
          const during = changeVoters(
            before,
            list.includes(one) ? { remove: one } : { add: one },
            1,
            false,
          );
          if (typeof during === 'string') return;
          const lists = [before, during, settleVoters(during, 1)];
          for (const a of lists) {
            for (const b of lists) {
              const both =
                isMajority(a, (name) => p.includes(name)) &&
                isMajority(b, (name) => q.includes(name));
              expect(both && !p.some((name) => q.includes(name))).toBe(false);
            }
          }
        },
      ),
    );
  });

  it('gives the value that a majority reaches', () => {
    const value = (name: string) => ({ A: 10, B: 20, C: 30 })[name] ?? 0;
    expect(majorityValue(three, value)).toBe(20);
    expect(majorityValue(configuredVoters(['A', 'B']), value)).toBe(10);
    expect(majorityValue(configuredVoters(['C']), value)).toBe(30);
    expect(majorityValue(changed(three, { add: 'D' }), value)).toBe(10);
  });
});
